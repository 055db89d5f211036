import { isDeepStrictEqual } from "node:util";
import { bytesSource, collect } from "../../../src/base/bytes/byte-source.js";
import { compile, referenceGraph } from "../../../src/compile.js";
import type { CompileOptions } from "../../../src/compile-options.js";
import { openWeights } from "../../../src/files/open.js";
import { importModel } from "../../../src/frontends/checkpoints/import.js";
import type { ModelSpec } from "../../../src/frontends/document/document.js";
import { parseDocument } from "../../../src/frontends/document/parse.js";
import { evaluate } from "../../../src/ir/evaluate.js";
import type { DenseTensor } from "../../../src/ir/ops/dense-tensor.js";
import type { BetaTable } from "../../../src/passes/given-betas.js";
import type { TensorStore } from "../../../src/tensors/tensor.js";
import { compareValues } from "../../../src/verify/compare.js";
import { randomProblem } from "../../../src/verify/problems.js";
import { encoded, runGraph, samples, type Values } from "../../support/sessions.js";
import type { NetworkCase } from "./generator.js";
import { networkStore } from "./network.js";

/** Of the output's largest magnitude. */
const TOLERANCE = { relative: 1e-5, absolute: 0 };

interface Imported {
  readonly text: string;
  readonly weightsBytes: Uint8Array;
  readonly spec: ModelSpec;
  readonly weights: TensorStore;
}

/**
 * Whether a network comes through import, document, compiler and ONNX Runtime as the reference has it. Throws what is
 * not so.
 *
 * @returns how many different graphs were run
 */
export async function checkNetwork(problem: NetworkCase): Promise<number> {
  const imported = await importTwice(problem);
  const options = optionsOf(problem);
  const shape = inputShape(problem);
  const { inputs } = randomProblem(new Map([["x", shape]]), problem.input.seed);
  const graph = referenceGraph(imported.spec, imported.weights, { ...options, exposeBeta: true });
  const values = await evaluate(graph, inputs);
  const expected = new Map(graph.outputs.map(({ name, value }) => [name, values.get(value)!]));
  const graphs = new Set<string>();
  for (const lowering of ["auto", problem.lowering]) {
    const bytes = await compiledTwice(imported, { ...options, lowering, exposeBeta: true });
    const key = Buffer.from(bytes).toString("latin1");
    if (graphs.has(key)) continue;
    graphs.add(key);
    const [actual] = await runGraph(bytes, [inputs]);
    for (const [name, value] of expected) demandEqual(`${lowering}: ${name}`, value, actual!.get(name)!);
  }
  await checkFolded(problem, imported, inputs, expected);
  return graphs.size;
}

/** The same bytes and the same document twice, and a document that says the same once it is printed and read again. */
async function importTwice({ network }: NetworkCase): Promise<Imported> {
  const config = new Map<string, number>([
    ["frames", network.frames],
    ["mean", 0.4],
  ]);
  const [once, again] = await Promise.all(
    [1, 2].map(async () => {
      const { document, weights } = importModel(networkStore(network), { config });
      const text = JSON.stringify({ ...document, weights: { file: "w.safetensors" } });
      return { text, weightsBytes: await collect(weights) };
    }),
  );
  demand("the same import gives the same document", once!.text === again!.text);
  demand("the same import gives the same weights", isDeepStrictEqual(once!.weightsBytes, again!.weightsBytes));
  const { spec } = parseDocument(once!.text, "m.json");
  const printed = parseDocument(JSON.stringify(spec, null, 1), "m.json").spec;
  demand("a document that is printed and read says the same", isDeepStrictEqual(spec, printed));
  return { ...once!, spec, weights: await openWeights(bytesSource("w.safetensors", once!.weightsBytes)) };
}

async function compiledTwice({ spec, weights }: Imported, options: CompileOptions): Promise<Uint8Array> {
  const once = await encoded(compile(spec, weights, options).model);
  const again = await encoded(compile(spec, weights, options).model);
  demand(`${options.lowering}: the same compile gives the same bytes`, isDeepStrictEqual(once, again));
  return once;
}

/** A graph folded at the β of a sample gives the sample's result. */
async function checkFolded(problem: NetworkCase, imported: Imported, inputs: Values, expected: Values): Promise<void> {
  const [first] = samples(inputs);
  const [want] = samples(expected);
  const betas: BetaTable = new Map(
    [...want!].filter(([name]) => name.startsWith("beta.")).map(([name, beta]) => [name, rowsOf(beta)]),
  );
  const { openSize, target, input } = problem;
  const sizes = openSize ? {} : { height: input.height, width: input.width };
  const options = { target, ...sizes, fold: { betas } };
  const [folded] = await runGraph(await compiledTwice(imported, options), [first!]);
  demandEqual("folded", want!.get("y")!, folded!.get("y")!);
}

/** β [1, experts, cardinals] as rows. */
function rowsOf({ shape, data }: DenseTensor): readonly (readonly number[])[] {
  const [, experts, cardinals] = shape as [number, number, number];
  return Array.from({ length: experts }, (_, e) => [...data.slice(e * cardinals, (e + 1) * cardinals)]);
}

function optionsOf({ input, target, openBatch, openSize }: NetworkCase): CompileOptions {
  const { batch, height, width } = input;
  return { target, ...(openBatch ? {} : { batch }), ...(openSize ? {} : { height, width }) };
}

function inputShape({
  network: { channels, frames },
  input: { batch, height, width },
}: NetworkCase): readonly number[] {
  return frames === 1 ? [batch, channels, height, width] : [batch, channels, frames, height, width];
}

function demandEqual(what: string, expected: DenseTensor, actual: DenseTensor): void {
  demand(
    `${what} has the shape [${expected.shape}], not [${actual.shape}]`,
    isDeepStrictEqual([...expected.shape], [...actual.shape]),
  );
  const { passed, maxError, limit } = compareValues(expected.data, actual.data, TOLERANCE);
  demand(`${what} is off by ${maxError}, more than ${limit}`, passed);
}

function demand(what: string, holds: boolean): void {
  if (!holds) throw new Error(what);
}
