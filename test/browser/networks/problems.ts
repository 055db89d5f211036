/** What every provider is asked: networks of `fixtures/`, each with inputs and the right result. Made once per file. */
import { referenceGraph } from "../../../src/compile.js";
import { evaluate } from "../../../src/ir/evaluate.js";
import { type DenseTensor, dense } from "../../../src/ir/ops/dense-tensor.js";
import { crop, imageToTensor } from "../../../src/pictures/image.js";
import { readImage } from "../../../src/pictures/image-node.js";
import {
  fixture,
  type ImportedFixture,
  importOracle,
  importStore,
  ORACLE_CASES,
  openFixture,
  readJson,
  readTensors,
} from "../../support/fixtures.js";
import type { Values } from "../../support/sessions.js";

const TRAINED_NETWORKS = ["nsr-x2", "nsr-x3", "nsr-denoise25", "nsr-jpeg10"] as const;
/** Small, since adapters in software are slow, and odd. */
const PICTURE = [13, 9] as const;
const PATCH = [8, 7] as const;

export interface Problem {
  readonly name: string;
  /** A model, what it is fed, and what it is to give: by PyTorch for the oracle's, by the reference for trained ones. */
  make(): Promise<{ readonly model: ImportedFixture; readonly inputs: Values; readonly y: DenseTensor }>;
}

export const ORACLE: readonly Problem[] = ORACLE_CASES.map((each) => ({
  name: each.name,
  make: once(async () => {
    const [model, io] = await Promise.all([importOracle(each), readTensors("oracle", each.name, "io.safetensors")]);
    const inputs = new Map(model.spec.inputs.map(({ name }) => [name, io.get(name)!]));
    return { model, inputs, y: io.get("y")! };
  }),
}));

export const TRAINED: readonly Problem[] = TRAINED_NETWORKS.map((name) => ({
  name: `${name} (trained)`,
  make: once(async () => {
    const model = await importStore(await openFixture("models", name, "checkpoint.pt"));
    return referenceOf(model, await photograph(name, PICTURE));
  }),
}));

/** Patches of a small network in one batch, each of its own brightness, so that each has its own β. */
export const PATCHES: Problem = {
  name: "64 patches in one graph of an open batch",
  make: once(async () => {
    const model = await importOracle(ORACLE_CASES.find(({ name }) => name === "nsr-x2")!);
    const one = await photograph("nsr-x2", PATCH);
    const count = one.data.length;
    const values = Float64Array.from({ length: 64 * count }, (_, i) =>
      Math.fround(one.data[i % count]! * (1 - Math.floor(i / count) / 128)),
    );
    return referenceOf(model, dense([64, ...one.shape.slice(1)], values));
  }),
};

async function referenceOf(model: ImportedFixture, x: DenseTensor) {
  const inputs = new Map([["x", x]]);
  const graph = referenceGraph(model.spec, model.weights);
  return { model, inputs, y: (await evaluate(graph, inputs)).get(graph.outputs[0]!.value)! };
}

async function photograph(name: string, [width, height]: readonly [number, number]): Promise<DenseTensor> {
  const { task, scale } = readJson<{ readonly task: string; readonly scale: number }>("models", name, "info.json");
  const file = scale === 1 ? "chelsea-crop.png" : "chelsea.png";
  const whole = await readImage(fixture("photographs", task, file), () => {});
  const { shape, data } = imageToTensor(crop(whole, 60, 40, width, height));
  return dense(shape, data);
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
