/** The page of `smxc serve`, driven as a user does, against what the command line gives. */
import { readFileSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crop, type Image } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { smxc, succeed, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { type ServedPage, servePage } from "../support/serve-page.js";
import { launchChromium } from "./chromium.js";
import {
  choose,
  drop,
  type OpenPage,
  openPage,
  paste,
  saved,
  savedPicture,
  waitForResult,
  waitForText,
} from "./page-driver.js";

const folder = temporaryFolder();
const { at } = folder;
let served: ServedPage;
let browser: Browser;
let open: OpenPage;
let page: Page;

beforeAll(async () => {
  const coffee = await readImage(fixture("photographs", "x3", "coffee.png"), () => {});
  const pictures = {
    "tiny.png": crop(coffee, 70, 40, 11, 9),
    "small.png": crop(coffee, 60, 30, 37, 29),
    "patches.png": crop(coffee, 40, 20, 97, 96),
  };
  for (const [name, picture] of Object.entries(pictures)) {
    writeFileSync(at(name), await encodeImage(picture, name, () => {}));
  }
  writeFileSync(at("net.pt"), readFileSync(fixture("models", "nsr-x3", "checkpoint.pt")));
  await succeed(["import", "net.pt", "-o", "net.json", "--set", "patch=24"], folder.path);
  served = await servePage();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  folder.remove();
});

/** What `smxc run` makes of a picture. */
async function restoredByCli(picture: string, ...flags: readonly string[]): Promise<Image> {
  await succeed(["run", "net.json", picture, "-o", "cli.png", ...flags], folder.path);
  return readImage(at("cli.png"), () => {});
}

function mostApart(a: Image, b: Image): number {
  expect({ width: a.width, height: a.height }).toEqual({ width: b.width, height: b.height });
  return Array.from(a.data, (sample, index) => Math.abs(sample - b.data[index]!)).reduce((x, y) => Math.max(x, y), 0);
}

describe("pictures", () => {
  beforeAll(async () => {
    open = await openPage(browser, served.address);
    page = open.page;
    await choose(page, "network", "nsr-x3");
    await waitForText(page, "#status", "200 × 132 pixels");
  });
  afterAll(() => page.context().close());

  it("restores a picture that is dropped as the command line does, and says where and how fast", async () => {
    await drop(page, at("small.png"));
    expect(await waitForResult(page)).toMatch(
      /^111 × 87 from 37 × 29 pixels in \d+\.\d\d s on WebAssembly with \d+ threads?\.$/,
    );
    const name = await saved(page, "#download", at("page.png"));
    expect(name).toBe("small-nsr-x3.png");
    const restored = await readImage(at("page.png"), () => {});
    expect(mostApart(restored, await restoredByCli("small.png"))).toBeLessThanOrEqual(1);
  });

  it("shows β of every layer: the experts' shares, which it saves as compile takes them", async () => {
    const rows = await page.locator(".map tbody tr").all();
    expect(rows).toHaveLength(8);
    for (const row of rows) {
      const shares = (await row.locator(".number").allTextContents()).map(Number);
      expect(shares).toHaveLength(3);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
    }
    expect(await saved(page, "#betas-download", at("beta.json"))).toBe("nsr-x3.beta.json");
    await succeed(
      ["compile", "net.json", "-o", "folded.onnx", "--routing", "fold", "--beta", "beta.json"],
      folder.path,
    );
    await succeed(["run", "folded.onnx", "small.png", "-o", "folded.png"], folder.path);
    const folded = await readImage(at("folded.png"), () => {});
    expect(mostApart(folded, await readImage(at("page.png"), () => {}))).toBeLessThanOrEqual(1);
  });

  it("runs a larger picture in patches, as the network was trained, with a bar that fills", async () => {
    const seen = page.evaluate(`new Promise((resolve) => {
      const values = [];
      const bar = document.querySelector("#progress");
      new MutationObserver(() => {
        if (bar.hasAttribute("value")) values.push(bar.value);
        if (bar.value === 1) resolve(values);
      }).observe(bar, { attributes: true });
    })`) as Promise<readonly number[]>;
    await drop(page, at("patches.png"));
    const [, patches] = /, (\d+) patches of 24 pixels\.$/.exec(await waitForText(page, "#status", "patches of"))!;
    expect(Number(patches)).toBeGreaterThan(100);
    const values = await seen;
    expect(values.length).toBeGreaterThan(5);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await restoredByCli("patches.png"))).toBeLessThanOrEqual(1);
    expect(await page.textContent("#betas-run")).toContain(`${patches} patches`);
  });

  it("pools β over the whole picture when it is told to", async () => {
    await choose(page, "context", "whole");
    await page.click("#restore");
    expect(await waitForResult(page)).not.toContain("patches");
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await restoredByCli("patches.png", "--context", "whole"))).toBeLessThanOrEqual(1);
    await choose(page, "context", "trained");
  });

  it("stops at once when it is told to, and restores the next picture", async () => {
    await drop(page, at("patches.png"));
    await page.click("#cancel");
    await waitForText(page, "#status", "Cancelled.");
    expect(await page.isEnabled("#restore")).toBe(true);
    await drop(page, at("small.png"));
    await waitForResult(page);
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await restoredByCli("small.png"))).toBeLessThanOrEqual(1);
  });

  it("refuses what is no picture with the command line's words", async () => {
    writeFileSync(at("cut.png"), readFileSync(at("small.png")).subarray(0, 200));
    writeFileSync(at("text.png"), "no picture");
    await drop(page, at("cut.png"));
    expect(await waitForText(page, "#picture-error", "cut.png")).toContain("error[image/damaged]");
    await drop(page, at("text.png"));
    const { stderr } = await smxc(["run", "net.json", "text.png", "-o", "out.png"], folder.path);
    expect(await waitForText(page, "#picture-error", "text.png")).toBe(stderr.trim());
    await drop(page, at("small.png"));
    await waitForResult(page);
    expect(await page.isHidden("#picture-error")).toBe(true);
  });

  it("asked nobody but its own server, and broke no policy", () => {
    expect(open.requests.filter((url) => !url.startsWith(served.address) && !url.startsWith("blob:"))).toEqual([]);
    expect(open.requests.some((url) => /\/ort\/[\d.]+\/ort-wasm-simd-threaded\.wasm$/.test(url))).toBe(true);
    expect(open.complaints).toEqual([]);
  });
});

describe("networks of the user's", () => {
  beforeAll(async () => {
    open = await openPage(browser, served.address);
    page = open.page;
    writeFileSync(at("oracle.pt"), readFileSync(fixture("oracle", "nsr-x2", "checkpoint.pt")));
    await succeed(["import", "oracle.pt", "-o", "oracle.json", "--set", "patch=17"], folder.path);
  });
  afterAll(() => page.context().close());

  /** The graph that the page offers, once it says that it was made. */
  async function compiledByPage(): Promise<Uint8Array> {
    await waitForText(page, "#model-status", "Compiled ");
    await saved(page, "#model-download", at("page.onnx"));
    return readFile(at("page.onnx"));
  }

  async function compiledByCli(document: string, ...flags: readonly string[]): Promise<Uint8Array> {
    await succeed(["compile", document, "-o", "cli.onnx", "--no-verify", ...flags], folder.path);
    return readFile(at("cli.onnx"));
  }

  it("compiles a checkpoint to the command line's bytes", async () => {
    await page.locator("summary").click();
    await page.fill("#set", "patch=17");
    await drop(page, at("oracle.pt"));
    expect(Buffer.compare(await compiledByPage(), await compiledByCli("oracle.json"))).toBe(0);
  });

  it("compiles it for another target, with β shown", async () => {
    await page.selectOption("#target", "webgpu");
    await page.check("#expose-beta");
    const expected = await compiledByCli("oracle.json", "--target", "webgpu", "--expose-beta");
    await expect.poll(async () => Buffer.compare(await compiledByPage(), expected), { timeout: 30_000 }).toBe(0);
    await page.selectOption("#target", "cpu");
    await page.uncheck("#expose-beta");
  });

  it("leaves a compile for a picture that is dropped, and says so", async () => {
    const again = `document.querySelector("#target").dispatchEvent(new Event("change"))`;
    await page.evaluate(Array.from({ length: 20 }, () => again).join(";"));
    await drop(page, at("tiny.png"));
    await waitForText(page, "#model-status", "oracle.pt was not compiled.");
    expect(await waitForResult(page)).toMatch(/^22 × 18 from 11 × 9 pixels/);
    expect(await page.isHidden("#model-error")).toBe(true);
    expect(open.complaints).toEqual([]);
  });

  it("compiles a document with its weights, in any order", async () => {
    await drop(page, at("oracle.weights.safetensors"), at("oracle.json"));
    await waitForText(page, "#model-status", "Compiled ");
    expect(Buffer.compare(await compiledByPage(), await compiledByCli("oracle.json"))).toBe(0);
  });

  it("restores pictures with it", async () => {
    await drop(page, at("small.png"));
    expect(await waitForResult(page)).toMatch(/^74 × 58 from 37 × 29 pixels/);
    await succeed(["run", "oracle.json", "small.png", "-o", "cli.png"], folder.path);
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await readImage(at("cli.png"), () => {}))).toBeLessThanOrEqual(1);
  });

  it("runs on WebGPU when it is told to, a picture from the clipboard too", async () => {
    await choose(page, "provider", "webgpu");
    await paste(page, at("tiny.png"));
    expect(await waitForResult(page)).toMatch(/^22 × 18 from 11 × 9 pixels in .* s on WebGPU\.$/);
    await succeed(["run", "oracle.json", "tiny.png", "-o", "cli.png"], folder.path);
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await readImage(at("cli.png"), () => {}))).toBeLessThanOrEqual(1);
    await choose(page, "provider", "auto");
  });

  it("restores pictures with a graph that is compiled already", async () => {
    await drop(page, at("page.onnx"));
    await waitForText(page, "#model-status", "a compiled graph");
    await drop(page, at("small.png"));
    expect(await waitForResult(page)).toMatch(/^74 × 58 from 37 × 29 pixels/);
    expect(await page.textContent("#betas-text")).toContain("--expose-beta");
  });

  it.each<readonly [what: string, files: () => readonly string[], argv: readonly string[]]>([
    [
      "a file that is no checkpoint",
      () => {
        writeFileSync(at("bad.pt"), "no checkpoint at all");
        return ["bad.pt"];
      },
      ["import", "bad.pt", "-o", "out.json"],
    ],
    [
      "a checkpoint that is cut off",
      () => {
        writeFileSync(at("cut.pt"), readFileSync(at("net.pt")).subarray(0, 20_000));
        return ["cut.pt"];
      },
      ["import", "cut.pt", "-o", "out.json"],
    ],
    [
      "a safetensors file whose header is broken",
      () => {
        const bytes = readFileSync(at("net.weights.safetensors"));
        bytes[9] = 0x7b;
        writeFileSync(at("bad.safetensors"), bytes);
        return ["bad.safetensors"];
      },
      ["import", "bad.safetensors", "-o", "out.json"],
    ],
    [
      "a document with two mistakes, shown in their lines",
      () => {
        const text = readFileSync(at("oracle.json"), "utf8");
        writeFileSync(at("bad.json"), text.replace('"relu"', '"relo"').replace('"outputs":["y"]', '"outputs":["z"]'));
        return ["bad.json", "oracle.weights.safetensors"];
      },
      ["compile", "bad.json", "-o", "out.onnx"],
    ],
    [
      "weights of another network",
      () => {
        const document = JSON.parse(readFileSync(at("oracle.json"), "utf8"));
        writeFileSync(
          at("other.json"),
          JSON.stringify({ ...document, weights: { ...document.weights, file: "net.weights.safetensors" } }),
        );
        return ["other.json", "net.weights.safetensors"];
      },
      ["compile", "other.json", "-o", "out.onnx"],
    ],
  ])("refuses %s with the command line's words", async (_, files, argv) => {
    await page.fill("#set", "");
    const names = files();
    const { code, stderr } = await smxc(argv, folder.path);
    expect(code).toBe(1);
    await drop(page, ...names.map(at));
    await waitForText(page, "#model-status", `${names[0]} was not taken`);
    expect((await page.textContent("#model-error"))!.trim()).toBe(stderr.trim());
    expect(await page.isHidden("#model-download")).toBe(true);
  });

  it("asks for the weights that a document names", async () => {
    await drop(page, at("oracle.json"));
    expect(await waitForText(page, "#model-error", "page/missing-weights")).toContain("oracle.json:");
  });

  it("refuses files that do not belong together", async () => {
    await drop(page, at("oracle.pt"), at("net.pt"), at("small.png"));
    await waitForText(page, "#model-error", "page/too-many-files");
  });

  it("keeps the network that it had", async () => {
    await drop(page, at("small.png"));
    expect(await waitForResult(page)).toMatch(/^74 × 58 from 37 × 29 pixels/);
    expect(open.complaints).toEqual([]);
  });
});

it("weighs less than 500 kB compressed without ONNX Runtime, networks and photographs", async () => {
  const root = fileURLToPath(new URL("../../dist/web/", import.meta.url));
  const files = (await readdir(root, { recursive: true })).filter(
    (path) => /\.(html|js|json|css|svg)$/.test(path) && !path.startsWith("ort/") && !basename(path).startsWith("ort."),
  );
  expect(files.length).toBeGreaterThan(3);
  const sizes = await Promise.all(files.map(async (path) => gzipSync(await readFile(root + path)).length));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(500_000);
});
