/**
 * The networks of `fixtures/` on every provider that runs here, against PyTorch's numbers and the reference interpreter.
 * The table of the README is what this test prints.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, referenceGraph } from "../../src/compile.js";
import type { CompileOptions } from "../../src/compile-options.js";
import type { Target } from "../../src/lowerings/targets.js";
import { type DenseTensor, dense } from "../../src/ops/dense-tensor.js";
import { crop, imageToTensor } from "../../src/runtime/image.js";
import { readImage } from "../../src/runtime/image-node.js";
import { load } from "../../src/runtime/index-node.js";
import { createNodeSession } from "../../src/runtime/session-ort-node.js";
import { evaluate } from "../../src/verify/evaluate.js";
import {
  fixture,
  type ImportedFixture,
  importOracle,
  importStore,
  ORACLE_CASES,
  openFixture,
  readJson,
  readTensors,
} from "../support/fixtures.js";
import { encoded, relativeError, runGraph, type Values } from "../support/sessions.js";
import { launchChromium } from "./chromium.js";
import { type Served, serveCheckout } from "./serve.js";

/** Relative to the largest |y|. */
const TOLERANCE = 1e-5;
const TRAINED = ["nsr-x2", "nsr-x3", "nsr-denoise25", "nsr-jpeg10"] as const;
const BATCH = 64;

interface Problem {
  readonly name: string;
  /** A model, what it is fed, and what it is to give. */
  make(): Promise<{ readonly model: ImportedFixture; readonly inputs: Values; readonly y: DenseTensor }>;
}

const PROBLEMS: readonly Problem[] = [
  ...ORACLE_CASES.map((each) => ({
    name: each.name,
    make: async () => {
      const [model, io] = await Promise.all([importOracle(each), readTensors("oracle", each.name, "io.safetensors")]);
      const inputs = new Map(model.spec.inputs.map(({ name }) => [name, io.get(name)!]));
      return { model, inputs, y: io.get("y")! };
    },
  })),
  ...TRAINED.map((name) => ({
    name: `${name} (trained)`,
    make: async () => {
      const model = await importStore(await openFixture("models", name, "checkpoint.pt"));
      const inputs = new Map([["x", await photograph(name)]]);
      const graph = referenceGraph(model.spec, model.weights);
      return { model, inputs, y: (await evaluate(graph, inputs)).get(graph.outputs[0]!.value)! };
    },
  })),
];

async function photograph(name: string): Promise<DenseTensor> {
  const { task, scale } = readJson<{ readonly task: string; readonly scale: number }>("models", name, "info.json");
  const file = scale === 1 ? "chelsea-crop.png" : "chelsea.png";
  const picture = crop(await readImage(fixture("photographs", task, file), () => {}), 60, 40, 23, 18);
  const { shape, data } = imageToTensor(picture);
  return dense(shape, data);
}

interface Provider {
  readonly name: string;
  readonly target: Extract<Target, "wasm" | "webgpu">;
  run(graph: Uint8Array, inputs: Values, noFallback: boolean): Promise<DenseTensor>;
}

let served: Served;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  served = await serveCheckout();
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${served.origin}/test/browser/pages/network.html`);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const inNode =
  (target: Provider["target"]): Provider["run"] =>
  async (bytes, inputs, noFallback) => {
    const session = await createNodeSession({ name: "graph", bytes }, { target, noFallback });
    const feeds = [...inputs].map(
      ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }] as const,
    );
    const { shape, data } = (await session.run(new Map(feeds))).get("y")!;
    await session.release();
    return dense(shape, data);
  };

const inPage =
  (target: Provider["target"]): Provider["run"] =>
  async (bytes, inputs, noFallback) => {
    const graph = Buffer.from(bytes).toString("base64");
    const feeds = [...inputs].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]);
    const args = [graph, feeds, "y", { target, noFallback }].map((value) => JSON.stringify(value)).join(", ");
    const { shape, data } = (await page.evaluate(`runNetwork(${args})`)) as { shape: number[]; data: number[] };
    return dense(shape, data);
  };

const PROVIDERS: readonly Provider[] = [
  { name: "WebAssembly in Node", target: "wasm", run: inNode("wasm") },
  { name: "WebAssembly in Chromium", target: "wasm", run: inPage("wasm") },
  { name: "WebGPU in Node", target: "webgpu", run: inNode("webgpu") },
  { name: "WebGPU in Chromium", target: "webgpu", run: inPage("webgpu") },
];

describe.each(PROVIDERS)("$name", ({ name, target, run }) => {
  const errors = new Map<string, number>();

  it.each(PROBLEMS)("runs $name", async (problem) => {
    const { model, inputs, y } = await problem.make();
    const main = [...inputs.values()][0]!.shape;
    // A graph of open sizes computes with integers, which run on the CPU; one of fixed sizes must run without it.
    const fixed = target === "webgpu";
    const sizes: CompileOptions = fixed ? { batch: main[0]!, height: main.at(-2)!, width: main.at(-1)! } : {};
    const bytes = await encoded(compile(model.spec, model.weights, { target, ...sizes }).model);
    const error = relativeError(await run(bytes, inputs, fixed), y);
    errors.set(problem.name, error);
    expect(error).toBeLessThanOrEqual(TOLERANCE);
  });

  it(`runs ${BATCH} patches in one graph of an open batch`, async () => {
    const model = await importStore(await openFixture("models", "nsr-x3", "checkpoint.pt"));
    const one = await photograph("nsr-x3");
    const data = Float64Array.from({ length: BATCH * one.data.length }, (_, index) =>
      Math.fround(one.data[index % one.data.length]! * (1 - Math.floor(index / one.data.length) / (2 * BATCH))),
    );
    const inputs = new Map([["x", { shape: [BATCH, ...one.shape.slice(1)], data }]]);
    const [expected] = await runGraph(await encoded(compile(model.spec, model.weights).model), [inputs]);
    const actual = await run(await encoded(compile(model.spec, model.weights, { target }).model), inputs, false);
    expect(relativeError(actual, expected!.get("y")!)).toBeLessThanOrEqual(TOLERANCE);
  });

  afterAll(() => {
    const worst = (names: readonly string[]): string =>
      Math.max(...names.map((each) => errors.get(each) ?? Number.NaN)).toExponential(1);
    const [oracle, trained] = [ORACLE_CASES.map((each) => each.name), TRAINED.map((each) => `${each} (trained)`)];
    console.log(`| ${name} | ${worst(oracle)} | ${worst(trained)} |`);
  });
});

describe("the runtime package in a page", () => {
  it.each(["wasm", undefined])("restores a picture as Node does, on %s", async (target) => {
    const model = await importStore(await openFixture("models", "nsr-x3", "checkpoint.pt"));
    const bytes = await encoded(compile(model.spec, model.weights, { target: target ? "wasm" : "webgpu" }).model);
    const picture = crop(await readImage(fixture("photographs", "x3", "chelsea.png"), () => {}), 20, 20, 25, 19);
    const plain = { ...picture, data: [...picture.data] };
    const args = [Buffer.from(bytes).toString("base64"), plain, target ? { target } : {}];
    const restored = (await page.evaluate(
      `restorePicture(${args.map((value) => JSON.stringify(value)).join(", ")})`,
    )) as {
      readonly data: readonly number[];
      readonly width: number;
      readonly context: string;
    };
    const network = await load({ graph: await encoded(compile(model.spec, model.weights).model) });
    const { image } = await network.restore(picture);
    await network.release();
    expect(restored).toMatchObject({ width: 75, context: "whole" });
    const apart = restored.data.map((sample, index) => Math.abs(sample - image.data[index]!));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
  });
});
