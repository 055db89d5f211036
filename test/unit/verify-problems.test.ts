/** The inputs on which `smxc verify` compares. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { problemsOf } from "../../cli/commands/verify/problems.js";
import { referenceGraph } from "../../src/compile.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import { workOf } from "../../src/ir/work.js";
import { encodeImage } from "../../src/pictures/image-node.js";
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
  expect(notes).toEqual([expect.stringContaining(`compared on its middle, ${width}x${height}`)]);
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
