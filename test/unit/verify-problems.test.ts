/** The inputs on which `smxc verify` compares. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { problemsOf } from "../../cli/commands/verify/problems.js";
import { referenceGraph } from "../../src/compile.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import type { Graph } from "../../src/ir/graph.js";
import { workOf } from "../../src/ir/work.js";
import { encodeImage } from "../../src/pictures/image-node.js";
import type { StoredTensor, TensorStore } from "../../src/tensors/tensor.js";
import { areProblemsReduced, smallProblems } from "../../src/verify/problems.js";
import { type ImportedFixture, importStore, openFixture } from "../support/fixtures.js";

const GREY = `{"version":1,"name":"grey","image":{"range":[0,1],"color":"gray","scale":1},
  "inputs":[{"name":"x","shape":["N",1,"H","W"]}],"layers":[{"name":"y","op":"relu","in":"x"}],"outputs":["y"]}`;

const folder = mkdtempSync(join(tmpdir(), "smxc-test-"));
const LARGE = join(folder, "large.png");
const SMALL = join(folder, "small.png");
let model: ImportedFixture;

beforeAll(async () => {
  model = await importStore(await openFixture("oracle", "nsr-x2", "weights.safetensors"));
  const picture = (width: number, height: number) =>
    ({ width, height, channels: 3, bitDepth: 8, data: new Uint8Array(width * height * 3) }) as const;
  writeFileSync(LARGE, await encodeImage(picture(3000, 1000), LARGE, () => {}));
  writeFileSync(SMALL, await encodeImage(picture(20, 10), SMALL, () => {}));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The problem of a picture, and what is said of it. */
async function pictureProblem(file: string, sizes: { readonly height?: number; readonly width?: number } = {}) {
  const notes: string[] = [];
  const graph = referenceGraph(model.spec, model.weights, sizes);
  const context = { note: (text: string) => notes.push(text), report: () => {} };
  const [problem] = await problemsOf(context, model, graph, { image: [file], shape: [], cap: true });
  const shapes = new Map([...problem!.inputs].map(([name, { shape }]) => [name, shape]));
  return { label: problem!.label, shape: shapes.get("x")!, work: workOf(graph, shapes), notes };
}

it("takes small pictures whole", async () => {
  expect(await pictureProblem(SMALL)).toMatchObject({ label: SMALL, shape: [1, 3, 10, 20], notes: [] });
});

it("takes the middle of a picture that would take the reference minutes, in its proportions, and says so", async () => {
  const { label, shape, work, notes } = await pictureProblem(LARGE);
  const [, , height, width] = shape as [number, number, number, number];
  expect(work).toBeLessThan(5e9);
  expect(work).toBeGreaterThan(4.9e9);
  expect(width / height).toBeCloseTo(3, 1);
  expect(label).toBe(`${LARGE}, middle ${width}x${height}`);
  expect(notes).toEqual([expect.stringContaining(`only its middle is compared (${width}x${height}`)]);
});

it("takes what the graph's fixed sizes leave, and refuses a picture that is smaller", async () => {
  expect(await pictureProblem(LARGE, { height: 16 })).toMatchObject({ shape: [1, 3, 16, 3000] });
  expect(await pictureProblem(SMALL, { height: 8, width: 8 })).toMatchObject({ shape: [1, 3, 8, 8] });
  await expect(pictureProblem(SMALL, { height: 16 })).rejects.toMatchObject({
    kind: "usage",
    diagnostics: [{ code: "usage/shape" }],
  });
});

it("gives a network of grey the channels of a picture as samples, and a graph for one sample the first", async () => {
  const { spec: grey } = parseDocument(GREY, "grey.json");
  const context = { note: () => {}, report: () => {} };
  for (const [batch, samples] of [
    ["N", 3],
    [1, 1],
  ] as const) {
    const spec = { ...grey, inputs: [{ ...grey.inputs[0]!, shape: [batch, 1, "H", "W"] }] };
    const [problem] = await problemsOf(context, { spec }, referenceGraph(spec, undefined), {
      image: [SMALL],
      shape: [],
      cap: true,
    });
    expect(problem!.inputs.get("x")!.shape).toEqual([samples, 1, 10, 20]);
  }
});

/** A chain of 3×3 convolutions, whose weights are never read. */
function chain(units: number, convolutions: number, first?: Readonly<Record<string, unknown>>) {
  const names = ["x", ...(first ? ["first"] : []), ...Array.from({ length: convolutions }, (_, i) => `conv.${i}`)];
  const convs = names.slice(first ? 2 : 1).map((name, i) => {
    return { name, op: "conv", in: names[i + (first ? 1 : 0)], out: units, kernel: 3, pad: 1, bias: false };
  });
  const channels = first ? units / 16 : units;
  const document = {
    version: 1,
    name: "chain",
    weights: { file: "weights.safetensors" },
    inputs: [{ name: "x", shape: ["N", channels, "H", "W"] }],
    layers: [...(first ? [first] : []), ...convs],
    outputs: [names.at(-1)],
  };
  const shape = [units, units, 3, 3];
  const tensors = convs.map(({ name }): [string, StoredTensor] => {
    const read = () => Promise.reject(new Error("nothing is read"));
    return [`${name}.weight`, { name: `${name}.weight`, dtype: "float32", shape, read }];
  });
  const weights: TensorStore = { tensors: new Map(tensors), others: new Map(), metadata: new Map() };
  return referenceGraph(parseDocument(JSON.stringify(document), "chain.json").spec, weights);
}

const shapesOf = (graph: Graph): readonly string[] =>
  smallProblems(graph).map(({ inputs }) => inputs.get("x")!.shape.join("x"));

it("compares small networks at the usual sizes, and larger ones at smaller, within a bound for all together", () => {
  const small = chain(16, 4);
  expect([shapesOf(small), areProblemsReduced(small)]).toEqual([["2x16x24x20", "1x16x25x23", "2x16x12x10"], false]);
  for (const convolutions of [14, 30, 120, 400, 1000]) {
    const graph = chain(64, convolutions);
    const problems = smallProblems(graph);
    const work = problems.reduce((sum, { inputs }) => {
      return sum + workOf(graph, new Map([...inputs].map(([name, { shape }]) => [name, shape])));
    }, 0);
    expect(problems.length, `${convolutions} convolutions`).toBeGreaterThan(0);
    expect(work).toBeLessThan(7e8);
    expect(areProblemsReduced(graph)).toBe(convolutions > 14);
  }
});

it("finds a size for large networks that take pictures in squares", () => {
  const graph = chain(64, 400, { name: "first", op: "pixel_unshuffle", in: "x", scale: 4 });
  expect(shapesOf(graph)).toEqual(["1x4x12x8"]);
});
