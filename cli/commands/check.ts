import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import type { Lines } from "../../src/base/text/lines.js";
import type { Markup } from "../../src/base/text/markup.js";
import type { FileReport } from "../../src/onnx/check/report/file-report.js";
import { PROVIDERS, type Provider } from "../../src/onnx/providers/provider.js";
import { type Context, choice, defineCommand, flag, manyArguments, option } from "../flags/command.js";
import { EXIT } from "../flags/exit-code.js";
import { integerFrom } from "../flags/values.js";

const TARGET_HELP = "also report what this execution provider cannot run, moves to the CPU, or runs slowly";

const FORMATS = ["text", "json", "sarif", "junit", "github"] as const;
type Format = (typeof FORMATS)[number];

export const checkCommand = defineCommand({
  name: "check",
  group: "Trust a graph:",
  summary: "validate ONNX files of any exporter by the rules of the official checker and more",
  description:
    "Checks every rule of onnx.checker.check_model (onnx 1.23.1), and reports all findings at once, each with its place in the file. " +
    "Exits with 1 when a rule is broken, and with 2 when a file cannot be read; the other files are still checked.",
  arguments: [
    manyArguments("file.onnx", "files, folders (all .onnx files below them), or patterns such as 'models/**/*.onnx'"),
  ],
  options: {
    format: choice("--format <form>", "the format of the findings", FORMATS, "text"),
    strict: flag(
      "--strict",
      "also check rules that the official checker does not have, but ONNX Runtime or common sense demands",
    ),
    full: flag("--full", "report wrong types and shapes as errors, like full_check; without it they are warnings"),
    target: { ...option("--target <provider>", TARGET_HELP, (text) => text as Provider), choices: PROVIDERS },
    maxWarnings: option("--max-warnings <n>", "exit with 1 if there are more warnings than this", integerFrom(0)),
  },
  examples: [
    { does: "Is every model of the repository valid?", line: "smxc check models/*.onnx --strict --full" },
    { does: "For GitHub code scanning", line: "smxc check model.onnx --format sarif" },
  ],
  async action(context, [named], { format, strict, full, target, maxWarnings }) {
    const [{ checkFile }, { modelFolder }, { openFileSource }, { countFindings }, { findModels }, { dirname }] =
      await Promise.all([
        import("../../src/onnx/check/check-model.js"),
        import("../../src/onnx/check/external-data-node.js"),
        import("../../src/base/bytes/file-source-node.js"),
        import("../../src/onnx/check/report/file-report.js"),
        import("../models/find-models.js"),
        import("node:path"),
      ]);
    const { files, errors } = await findModels(named);
    const reports: FileReport[] = [];
    const unread: Diagnostic[] = [...errors];
    const bar = context.progress("checking", files.length);
    for (const [index, file] of files.entries()) {
      try {
        const source = await openFileSource(file);
        try {
          const folder = modelFolder(dirname(file));
          const began = performance.now();
          const findings = await checkFile(source, { folder, strict, full, ...(target && { target }) });
          reports.push({ file, findings, seconds: (performance.now() - began) / 1000 });
        } finally {
          await source.close();
        }
      } catch (cause) {
        unread.push(...unreadable(cause));
      }
      bar.update(index + 1);
    }
    bar.end();
    await print(context, { reports, unread }, context.json ? "json" : format);
    if (unread.length > 0) return EXIT.usage;
    const { error, warning } = countFindings(reports);
    return error > 0 || (maxWarnings !== undefined && warning > maxWarnings) ? EXIT.bad : EXIT.good;
  },
});

/** Why a file could not be read: the others are checked all the same. Throws what is no such reason. */
function unreadable(cause: unknown): readonly Diagnostic[] {
  if (cause instanceof SmxcError && cause.kind === "io") return cause.diagnostics;
  throw cause;
}

/** Unread files are in the document of every format that has a place for them, and on standard error. */
async function print(context: Context, checked: Checked, format: Format): Promise<void> {
  if (format !== "text") await context.print(await DOCUMENTS[format](checked));
  else if (checked.reports.length > 0) await context.lines(await textLines(checked));
  if (checked.unread.length > 0 && !context.json) await context.fail(checked.unread);
}

interface Checked {
  readonly reports: readonly FileReport[];
  readonly unread: readonly Diagnostic[];
}

const DOCUMENTS: Readonly<Record<Exclude<Format, "text">, (checked: Checked) => Promise<Markup>>> = {
  async json({ reports, unread }) {
    const [{ jsonReport }, { diagnosticJson, SCHEMA_VERSION }, { jsonDocument }] = await Promise.all([
      import("../../src/onnx/check/report/file-report.js"),
      import("../terminal/render-diagnostics.js"),
      import("../terminal/output.js"),
    ]);
    const errors = unread.length === 0 ? {} : { errors: unread.map(diagnosticJson) };
    return jsonDocument({ schemaVersion: SCHEMA_VERSION, ...jsonReport(reports), ...errors });
  },
  async sarif({ reports, unread }) {
    const [{ sarifReport }, { jsonDocument }] = await Promise.all([
      import("../../src/onnx/check/report/sarif.js"),
      import("../terminal/output.js"),
    ]);
    return jsonDocument(sarifReport(reports, unread));
  },
  async junit({ reports, unread }) {
    const { junitReport } = await import("../../src/onnx/check/report/junit.js");
    return junitReport(reports, unread);
  },
  async github({ reports, unread }) {
    const { githubReport } = await import("../../src/onnx/check/report/github.js");
    return githubReport(reports, unread);
  },
};

async function textLines({ reports }: Checked): Promise<Lines> {
  const { textReport } = await import("../../src/onnx/check/report/text.js");
  return textReport(reports);
}
