/** Checkpoints of every architecture in the page's worker: imported, compiled and run on pictures, in Chromium. */
import { readdirSync, readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { crop, type Image } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { imageFromPixels, load, pixelsOf } from "../../src/runtime/index-node.js";
import {
  fixture,
  type ImportedFixture,
  importOracle,
  NETWORK_CASES,
  ORACLE_CASES,
  type OracleCase,
  readOracle,
} from "../support/fixtures.js";
import { type ServedPage, servePage } from "../support/serve-page.js";
import { relativeError } from "../support/sessions.js";
import { launchChromium } from "./chromium.js";
import { openPage } from "./page-driver.js";
import { type Served, serveCheckout } from "./serve.js";

/** Relative to the largest |y|. */
const TOLERANCE = 1e-4;

/** Values of another size have an `s` behind their names. */
const SIZES = ["", "s"] as const;

/** Networks with mixed kernels, whole. */
const WHOLE_NSR = ORACLE_CASES.filter(({ family }) => family === "nsr");

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

let served: ServedPage;
let checkout: Served;
let browser: Browser;
/** The page, with its worker at hand, and a page that runs graphs. */
let page: Page;
let runner: Page;
let picture: Image;

beforeAll(async () => {
  [served, checkout, browser] = await Promise.all([servePage(), serveCheckout(), launchChromium()]);
  page = (await openPage(browser, served.address)).page;
  const worker = readdirSync(new URL("../../dist/web/assets", import.meta.url)).find((name) =>
    /^worker-.*\.js$/.test(name),
  )!;
  // As text: this file is compiled without the types of browsers.
  await page.evaluate(`{
    const worker = new Worker("assets/${worker}", { type: "module" });
    let last = 0;
    globalThis.ask = (call, input) => new Promise((resolve, reject) => {
      const id = ++last;
      worker.addEventListener("message", ({ data }) => {
        if (data.id !== id || "stage" in data || "done" in data) return;
        if ("output" in data) resolve(data.output);
        else reject(new Error(JSON.stringify(data)));
      });
      worker.postMessage({ id, call, input });
    });
    globalThis.bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    globalThis.base64Of = async (bytes) => new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.readAsDataURL(new Blob([bytes]));
    });
    undefined;
  }`);
  runner = await browser.newPage();
  await runner.goto(`${checkout.origin}/test/browser/pages/network.html`);
  const photograph = await readImage(fixture("photographs", "x3", "coffee.png"), () => {});
  picture = crop(photograph, 60, 30, 24, 16);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await checkout?.close();
});

interface Opened {
  readonly name: string;
  readonly format?: { readonly range: readonly number[]; readonly color: string; readonly scale: number };
}

/** Gives the worker a checkpoint as the page does when one is dropped. */
function open({ name, family, folder, checkpoint, given, config }: OracleCase): Promise<Opened> {
  const file = `My ${name}.pth`;
  return page.evaluate(`ask("open", {
    kind: "checkpoint",
    file: { name: ${JSON.stringify(file)}, blob: new Blob([bytesOf("${base64(readFileSync(fixture(...folder, checkpoint)))}")]) },
    settings: ${given ? `{ arch: "${family}", ` : "{ "}config: new Map(${JSON.stringify([...config])}) },
  })`);
}

/** One network of each architecture: test/differential has the others, with the same code in Node. */
const NETWORKS = new Map([...WHOLE_NSR, ...NETWORK_CASES].toReversed().map((network) => [network.family, network]));

describe.each([...NETWORKS.values()])("$name", (network) => {
  let opened: Opened;
  let model: ImportedFixture;
  beforeAll(async () => {
    model = await importOracle(network);
    opened = await open(network);
  });

  it("is imported under the name of its file, with what its pictures are", () => {
    expect(opened.name).toBe(`My-${network.name}`);
    expect(opened.format).toEqual(model.spec.inputs.length === 1 ? model.spec.image : undefined);
  });

  it("is compiled to a graph that gives PyTorch's numbers", async () => {
    const graph = await page.evaluate(`ask("compile", { target: "wasm", exposeBeta: false }).then(base64Of)`);
    const io = await readOracle(network);
    for (const size of SIZES) {
      const y = io.get(`y${size}`);
      if (y === undefined) continue;
      const inputs = model.spec.inputs.map(({ name }) => [name, io.get(`${name}${size}`)!] as const);
      const feeds = inputs.map(([name, { shape, data }]) => [name, { shape, data: [...data] }]);
      const args = [graph, feeds, model.spec.outputs[0], { target: "wasm" }].map((each) => JSON.stringify(each));
      const result: { readonly shape: number[]; readonly data: number[] } = await runner.evaluate(
        `runNetwork(${args.join(", ")})`,
      );
      expect(relativeError(dense(result.shape, result.data), y)).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  it("restores a picture in colours as Node does, where it takes pictures alone", async () => {
    const { width, height, data } = pixelsOf(picture);
    const pixels = `{ width: ${width}, height: ${height}, data: Uint8ClampedArray.from(${JSON.stringify([...data])}) }`;
    const answer = page.evaluate(
      `ask("restore", { pixels: ${pixels}, providers: ["wasm"], context: "whole" })
        .then(({ pixels: { width, height, data } }) => ({ width, height, data: [...data] }))`,
    ) as Promise<{ readonly width: number; readonly height: number; readonly data: readonly number[] }>;
    if (opened.format === undefined) return expect(answer).rejects.toThrow(/run\/(?:other-inputs|no-image)/);
    const restored = await answer;
    const loaded = await load({ document: JSON.stringify(model.imported.document), weights: model.bytes });
    const expected = pixelsOf((await loaded.restore(imageFromPixels(pixelsOf(picture)), {})).image);
    await loaded.release();
    expect([restored.width, restored.height]).toEqual([expected.width, expected.height]);
    const apart = restored.data.map((sample, index) => Math.abs(sample - expected.data[index]!));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
  });
});
