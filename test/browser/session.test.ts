/** The same tiny graph on every runtime that a page, or a graphics adapter, brings. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { encodeModel } from "../../src/onnx/encode.js";
import { node, valueInfo } from "../../src/onnx/graph/build.js";
import type { ValueInfoProto } from "../../src/onnx/graph/records.js";
import type { SessionOptions, Tensor } from "../../src/sessions/session.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { WebSessionOptions } from "../../src/sessions/session-ort-web.js";
import { CHANNELS, pixel, tinyGraph } from "../unit/runtime-tiny-graph.js";
import { launchChromium } from "./chromium.js";
import { type Served, serveCheckout } from "./serve.js";

const SIZE = { height: 5, width: 7 } as const;
const PIXELS = SIZE.height * SIZE.width;
const INPUT: Tensor = {
  data: Float32Array.from({ length: CHANNELS.in * PIXELS }, (_, i) => ((i * 5) % 17) / 8 - 1),
  shape: [1, CHANNELS.in, SIZE.height, SIZE.width],
};

/** The graph with its sizes fixed, as WebGPU wants it. */
async function graphBytes(): Promise<Uint8Array> {
  const model = tinyGraph();
  const sized = ({ name = "", type }: ValueInfoProto) => {
    const channels = type!.tensor_type!.shape!.dim[1]!.dim_value!;
    return valueInfo(name, "FLOAT", [1, channels, SIZE.height, SIZE.width]);
  };
  const { input, output, value_info } = model.graph;
  const graph = {
    ...model.graph,
    input: input.map(sized),
    output: output.map(sized),
    value_info: value_info.map(sized),
  };
  return collect(encodeModel({ ...model, graph }).model);
}

/** A determinant, which WebGPU has no kernel for. */
async function cpuOnlyGraph(): Promise<Uint8Array> {
  const { graph, ...rest } = tinyGraph();
  const det = node("Det", ["x"], ["y"], { name: "det" });
  const io = { input: [valueInfo("x", "FLOAT", [1, 3, 2, 2])], output: [valueInfo("y", "FLOAT", [1, 3])] };
  return collect(
    encodeModel({ ...rest, graph: { ...graph, ...io, node: [det], initializer: [], value_info: [] } }).model,
  );
}

function expectGood({ data, shape }: { readonly data: ArrayLike<number>; readonly shape: readonly number[] }): void {
  expect(shape).toEqual([1, CHANNELS.out, SIZE.height, SIZE.width]);
  const at = (channel: number, i: number) => INPUT.data[channel * PIXELS + i]!;
  const pixels = Array.from({ length: PIXELS }, (_, i) => pixel([at(0, i), at(1, i), at(2, i)]));
  for (const [i, values] of pixels.entries()) {
    for (const [channel, value] of values.entries()) expect(data[channel * PIXELS + i]).toBeCloseTo(value, 5);
  }
}

describe("in a page", () => {
  let served: Served;
  let browser: Browser;
  /** By the options: what a page has loaded of the runtime serves for several graphs. */
  const pages = new Map<string, Page>();

  beforeAll(async () => {
    served = await serveCheckout();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  async function pageFor(options: WebSessionOptions): Promise<Page> {
    const key = JSON.stringify(options);
    const known = pages.get(key);
    if (known !== undefined) return known;
    const page = await browser.newPage();
    pages.set(key, page);
    await page.goto(`${served.origin}/test/browser/pages/session.html`);
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    return page;
  }

  async function run(graph: Uint8Array, options: WebSessionOptions) {
    const page = await pageFor(options);
    const input = { data: Array.from(INPUT.data), shape: INPUT.shape };
    const args = [Array.from(graph), input, options].map((value) => JSON.stringify(value)).join(", ");
    return (await page.evaluate(`runGraph(${args})`)) as { readonly data: number[]; readonly shape: number[] };
  }

  test.each<WebSessionOptions>([
    { target: "wasm", threads: 1 },
    { target: "wasm", threads: 2 },
    { target: "webgpu", noFallback: true },
  ])("%j", async (options) => {
    expectGood(await run(await graphBytes(), options));
  });

  test("an operator left to the CPU is refused when fallback is", async () => {
    await expect(run(await cpuOnlyGraph(), { target: "webgpu", noFallback: true })).rejects.toThrow("fallback to CPU");
  });
});

describe("in Node", () => {
  test.each<SessionOptions>([{ target: "webgpu", noFallback: true }])("%j", async (options) => {
    const session = await createNodeSession({ name: "graph", bytes: await graphBytes() }, options);
    expectGood((await session.run(new Map([["x", INPUT]]))).get("y")!);
    await session.release();
  });

  test("an operator left to the CPU is refused when fallback is", async () => {
    const model = { name: "graph", bytes: await cpuOnlyGraph() };
    await expect(createNodeSession(model, { target: "webgpu", noFallback: true })).rejects.toThrow("fallback to CPU");
  });
});
