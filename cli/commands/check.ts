import type { FileReport } from "../../src/onnx/check/report/file-report.js";
import { PROVIDERS, type Provider } from "../../src/onnx/providers/provider.js";
import { type Context, choice, defineCommand, flag, manyArguments, option } from "../command.js";
import { EXIT } from "../exit-code.js";
import { integerFrom } from "../values.js";

const TARGET_HELP = "also what an execution provider makes of it: what it lacks, moves to the CPU or runs slowly";

export const checkCommand = defineCommand({
  name: "check",
  group: "Trust a graph:",
  summary: "validate ONNX files, anyone's, by the rules of the official checker and more",
  description:
    "Every rule of onnx.checker.check_model (onnx 1.23.1), told all at once and with the way to the place. " +
    "Exit code 1 when a rule is broken.",
  arguments: [manyArguments("file.onnx", "the files to check")],
  options: {
    format: choice("--format <form>", "how findings are told", ["text", "json", "sarif", "junit"], "text"),
    strict: flag("--strict", "also what the official checker lets pass and ONNX Runtime or common sense does not"),
    full: flag("--full", "also types and shapes, as full_check does; without it they are warnings"),
    target: { ...option("--target <provider>", TARGET_HELP, (text) => text as Provider), choices: PROVIDERS },
    maxWarnings: option("--max-warnings <n>", "exit 1 when there are more warnings than this", integerFrom(0)),
  },
  examples: [
    { does: "Is every model of the repository sound", line: "smxc check models/*.onnx --strict --full" },
    { does: "For GitHub code scanning", line: "smxc check model.onnx --format sarif" },
  ],
  async action(context, [files], { format, strict, full, target, maxWarnings }) {
    const [{ checkFile }, { modelFolder }, { openFileSource }, { countFindings }, { dirname }] = await Promise.all([
      import("../../src/onnx/check/check-model.js"),
      import("../../src/onnx/check/external-data-node.js"),
      import("../../src/weights/file-source-node.js"),
      import("../../src/onnx/check/report/file-report.js"),
      import("node:path"),
    ]);
    const reports: FileReport[] = [];
    const bar = context.progress("checking", files.length);
    for (const file of files) {
      const source = await openFileSource(file);
      try {
        const folder = modelFolder(dirname(file));
        const findings = await checkFile(source, { folder, strict, full, ...(target && { target }) });
        reports.push({ file, findings });
      } finally {
        await source.close();
      }
      bar.update(reports.length);
    }
    bar.end();
    await print(context, reports, format);
    const { error, warning } = countFindings(reports);
    return error > 0 || (maxWarnings !== undefined && warning > maxWarnings) ? EXIT.bad : EXIT.good;
  },
});

async function print(
  context: Context,
  reports: readonly FileReport[],
  format: "text" | "json" | "sarif" | "junit",
): Promise<void> {
  if (context.json || format === "json") {
    const { jsonReport } = await import("../../src/onnx/check/report/file-report.js");
    await context.print(`${JSON.stringify({ schemaVersion: 1, ...jsonReport(reports) }, null, 2)}\n`);
  } else if (format === "sarif") {
    const { sarifReport } = await import("../../src/onnx/check/report/sarif.js");
    await context.print(`${JSON.stringify(sarifReport(reports), null, 2)}\n`);
  } else if (format === "junit") {
    const { junitReport } = await import("../../src/onnx/check/report/junit.js");
    await context.print(junitReport(reports));
  } else {
    const [{ textReport }, { stdoutPaint }, { printable }] = await Promise.all([
      import("../../src/onnx/check/report/text.js"),
      import("../paint.js"),
      import("../printable.js"),
    ]);
    const shown = reports.map(({ file, findings }) => ({
      file: printable(file),
      findings: findings.map((finding) => ({
        ...finding,
        place: printable(finding.place),
        message: printable(finding.message),
      })),
    }));
    await context.print(`${textReport(shown, stdoutPaint())}\n`);
  }
}
