/** `smxc compile` of an ONNX file, and whether what it wrote is the file: valid, and the same numbers in ONNX Runtime. */
import { checkGraph } from "../../dist/cli-modules/commands/compile/check-graph.js";
import { graphCompiler } from "../../dist/cli-modules/models/graph-compiler.js";
import { openGraphSource } from "../../dist/cli-modules/models/graph-source.js";
import { summariseOnnx } from "../../dist/src/inspect/onnx/summary.js";
import { LOWERING_NAMES } from "../../dist/src/lowerings/names.js";
import { checkModel } from "../../dist/src/onnx/check/check-model.js";
import { toBytes } from "../../dist/src/onnx/front/files.js";
import { loadSchemas } from "../../dist/src/onnx/schemas/registry.js";
import { Wrong } from "./findings.mjs";
import { decoded } from "./onnx-files.mjs";
import { Random } from "./random.mjs";
import { refusal } from "./refusal.mjs";
import { isRounding, runsOf } from "./rounding.mjs";

/** What is too much work for ONNX Runtime is compiled and not run. */
const MOST_PEAK_BYTES = 2 ** 26;
const MOST_MACS = 1e9;

const SILENT = { note() {}, report() {}, progress: () => ({ update() {}, end() {} }) };

/** @returns what became of the file */
export async function compileAndCompare(input, stage) {
  const options = optionsOf(input);
  let source;
  try {
    const graph = { kind: "graph", name: "/nowhere/fuzz.onnx", decoded: await decoded(input), files: [] };
    stage("check");
    const opened = await openGraphSource(graph);
    const isRun = await isSmall(graph.decoded);
    source = isRun ? opened.model : undefined;
    stage("compile");
    const compile = await graphCompiler(opened.model);
    const done = await compile(options);
    const result = await decoded(await toBytes(done.model));
    stage("check of the result");
    if (!isRun) return "compiled, and too large to run";
    const broken = await brokenBy(graph.decoded, result);
    stage("comparison in ONNX Runtime");
    if (broken.length > 0) return await orNowhere(source, `invalid result: ${broken[0].rule}`, broken[0]);
    return `${labelOf(done)}${await compared(source, done)}`;
  } catch (cause) {
    const code = refusal(cause);
    // ONNX Runtime refuses what it does not run either before.
    return source !== undefined && code.startsWith("runtime/") ? orNowhere(source, code, cause) : code;
  }
}

function labelOf({ compiled, report }) {
  const mixed = report.kernels.some(({ became }) => became === "mix_conv");
  return `${compiled.length > 0 ? "compiled" : "kept"}${mixed ? " mixed" : ""}, batch ${report.batch.became}`;
}

/** Those that a hash of the bytes draws, so that a file is always compiled alike. */
function optionsOf(input) {
  const random = new Random(input.reduce((sum, byte, at) => (Math.imul(sum, 31) + byte + at) | 0, input.length));
  const winograd = LOWERING_NAMES.filter((name) => name.startsWith("winograd-"));
  const size = () => random.pick(["keep", "keep", "keep", "dynamic"]);
  const batch = random.pick([undefined, undefined, "keep", "dynamic"]);
  return {
    lowering: random.pick([...winograd, "auto", "auto"]),
    target: random.pick(["cpu", "cpu", "wasm"]),
    portable: random.chance(0.1),
    exposeBeta: random.chance(0.1),
    sizes: { height: size(), width: size(), ...(batch === undefined ? {} : { batch }) },
  };
}

async function isSmall(model) {
  const { peakBytes, macs } = summariseOnnx(model, await loadSchemas());
  return peakBytes <= MOST_PEAK_BYTES && macs <= MOST_MACS;
}

/** What the full check finds in the result, and not in the source. */
async function brokenBy(source, result) {
  const [before, now] = [await errorsOf(source), await errorsOf(result)];
  return now.filter(({ rule }) => !before.some((each) => each.rule === rule));
}

/** What is wrong may be so only where the source is too, without that the check saw it: then it runs nowhere. */
async function orNowhere(source, finding, { place = "", message }) {
  try {
    if ((await runsOf(source)).length === 0) return "the source runs nowhere";
  } catch (cause) {
    return refusal(cause);
  }
  throw new Wrong(finding, `${place} ${message}`);
}

async function errorsOf(model) {
  return (await checkModel(model, { full: true })).filter(({ severity }) => severity === "error");
}

async function compared(source, done) {
  try {
    await checkGraph(SILENT, source, done, { dtype: "float32" });
    return "";
  } catch (cause) {
    if (cause?.excess === undefined) throw cause;
    // A compile refuses what gives such values on the numbers that it tries.
    if (cause.diagnostics.every(({ message }) => message.includes("in the reference"))) return ", not finite";
    if (await isRounding(done)) return ", differs by rounding";
    throw new Wrong("differs", cause.message);
  }
}
