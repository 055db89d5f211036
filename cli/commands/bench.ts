import { SmxcError } from "../../src/base/diagnostics.js";
import type { Lines } from "../../src/base/text/lines.js";
import type { ProfileRow } from "../../src/bench/profile.js";
import { defineCommand, flag, manyArguments, option, optionOr, repeatedOption } from "../flags/command.js";
import { targetFlag } from "../flags/compile-flags.js";
import { EXIT } from "../flags/exit-code.js";
import { filePath, positiveInteger, shape } from "../flags/values.js";
import { table } from "../terminal/table.js";
import type { BenchRun } from "./bench/graphs.js";

/** Rows of a profile that are printed; `--json` has all. */
const SHOWN_ROWS = 30;

interface Profile {
  readonly file: string;
  readonly rows: readonly ProfileRow[];
}

export const benchCommand = defineCommand({
  name: "bench",
  group: "Look inside:",
  summary: "compare the speed of graphs in ONNX Runtime",
  description:
    "Runs the graphs in turn on the same values, after a warm-up. Ratios are relative to the graph of --vs, or to the first graph. They " +
    "are ratios of the minima, with their 95 % bootstrap interval over the rounds.",
  arguments: [manyArguments("file.onnx", "the graphs: files, folders, or patterns such as 'models/*.onnx'")],
  options: {
    vs: option("--vs <file.onnx>", "the graph with which the others are compared", filePath),
    shape: repeatedOption("--shape <NxCxHxW>", "shape of the main input; default: batch 1, 48x48 (repeatable)", shape),
    threads: optionOr("--threads <n>", "threads inside one operator", positiveInteger, 1),
    runs: optionOr("--runs <n>", "number of measured rounds, after three to warm up", positiveInteger, 30),
    target: targetFlag,
    profile: flag("--profile", "also list the time per layer and operator, from ONNX Runtime's profiler"),
  },
  examples: [
    { does: "Is it faster than another export?", line: "smxc bench model.onnx --vs torch.onnx --shape 1x3x128x128" },
    { does: "Where does the time go?", line: "smxc bench model.onnx --profile" },
  ],
  async action(context, [named], options) {
    const [{ benchGraphs }, { findModels }] = await Promise.all([
      import("./bench/graphs.js"),
      import("../models/find-models.js"),
    ]);
    const { files, errors } = await findModels(named);
    if (errors.length > 0) throw new SmxcError(errors, "io");
    const all = options.vs === undefined ? files : [options.vs, ...files.filter((file) => file !== options.vs)];
    const shapes = options.shape.length > 0 ? options.shape : [undefined];
    const runs: BenchRun[] = [];
    for (const each of shapes) runs.push(...(await benchGraphs(context, all, { ...options, shape: each })));
    const profiles: Profile[] = [];
    if (options.profile) {
      const { profileGraph } = await import("./bench/profile.js");
      for (const file of all) profiles.push({ file, rows: await profileGraph(file, { ...options, shape: shapes[0] }) });
    }
    await context.answer({
      text: () => [...runsTable(runs), ...profiles.flatMap((profile) => ["", ...profileTable(profile)])],
      json: () => ({
        runs: runs.map((run) => ({ ...run, shape: run.shape.join("x") })),
        ...(options.profile ? { profiles } : {}),
      }),
    });
    return EXIT.good;
  },
});

function runsTable(runs: readonly BenchRun[]): Lines {
  return table(
    ["file", "shape", "target", "threads", "min ms", "median ms", "spread", "ratio", "95 %", "CPU ratio"],
    runs.map((run) => [
      run.file,
      run.shape.join("x"),
      run.target,
      run.threads,
      run.minMs.toFixed(2),
      run.medianMs.toFixed(2),
      `${(100 * run.spread).toFixed(0)} %`,
      run.ratio.toFixed(3),
      run.ratioInterval.map((bound) => bound.toFixed(3)).join("–"),
      run.cpuRatio.toFixed(3),
    ]),
  );
}

function profileTable({ file, rows }: Profile): Lines {
  const total = rows.reduce((sum, { ms }) => sum + ms, 0);
  const shown = rows.slice(0, SHOWN_ROWS);
  return [
    `${file}: ${total.toFixed(2)} ms in kernels`,
    ...table(
      ["layer", "operator", "ms", "share", "calls"],
      shown.map(({ layer, operator, ms, calls }) => [
        layer,
        operator,
        ms.toFixed(3),
        `${((100 * ms) / total).toFixed(1)} %`,
        calls.toFixed(0),
      ]),
    ),
    ...(rows.length > shown.length ? [`… and ${rows.length - shown.length} more rows (all under --json)`] : []),
  ];
}
