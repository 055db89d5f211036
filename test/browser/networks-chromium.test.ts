/** The networks of `fixtures/`, and pictures by the runtime package, in a page. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/compile.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { crop } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { load } from "../../src/runtime/index-node.js";
import { fixture, importStore, openFixture } from "../support/fixtures.js";
import { encoded } from "../support/sessions.js";
import { launchChromium } from "./chromium.js";
import { describeProvider, type Provider } from "./networks/provider.js";
import { type Served, serveCheckout } from "./serve.js";

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

/** Calls a function of the page; what crosses is plain. */
async function call<Result>(name: string, ...args: readonly unknown[]): Promise<Result> {
  return (await page.evaluate(`${name}(${args.map((value) => JSON.stringify(value)).join(", ")})`)) as Result;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const inPage =
  (target: Provider["target"]): Provider["run"] =>
  async (bytes, inputs, noFallback) => {
    const feeds = [...inputs].map(([name, { shape, data }]) => [name, { shape, data: [...data] }]);
    const y = await call<{ readonly shape: number[]; readonly data: number[] }>(
      "runNetwork",
      base64(bytes),
      feeds,
      "y",
      { target, noFallback },
    );
    return dense(y.shape, y.data);
  };

describeProvider({ name: "WebAssembly, Chromium", target: "wasm", run: inPage("wasm") });
/** Those that take longest on an adapter in software. `networks-node` runs them on WebGPU; with `SMXC_CASES`, this does too. */
const LONG = process.env.SMXC_CASES === undefined ? ["block-dense", "modulated-conv", "dynamic-conv-t1"] : [];
describeProvider({ name: "WebGPU, Chromium", target: "webgpu", leaves: LONG, run: inPage("webgpu") });

describe("the runtime package in a page", () => {
  it.each([
    { on: "WebAssembly", target: "wasm", options: { target: "wasm" } },
    { on: "WebGPU, which it finds by itself", target: "webgpu", options: {} },
  ] as const)("restores a picture as Node does, on $on", async ({ target, options }) => {
    const model = await importStore(await openFixture("models", "nsr-x3", "checkpoint.pt"));
    const bytes = await encoded(compile(model.spec, model.weights, { target }).model);
    const picture = crop(await readImage(fixture("photographs", "x3", "chelsea.png"), () => {}), 20, 20, 15, 9);
    const restored = await call<{
      readonly data: readonly number[];
      readonly width: number;
      readonly context: string;
      readonly target: string;
    }>("restorePicture", base64(bytes), { ...picture, data: [...picture.data] }, options);
    const network = await load({ graph: await encoded(compile(model.spec, model.weights).model) });
    const { image } = await network.restore(picture);
    await network.release();
    expect(restored).toMatchObject({ width: 45, context: "whole", target });
    const apart = restored.data.map((sample, index) => Math.abs(sample - image.data[index]!));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
  });
});
