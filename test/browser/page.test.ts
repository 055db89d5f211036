/** The page of `smxc serve`, driven as a user does, against what the command line gives. */
import { readFileSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { openArchive } from "../../src/files/zip/archive.js";
import { readDirectory } from "../../src/files/zip/directory.js";
import { IMPORTERS } from "../../src/frontends/checkpoints/index.js";
import { crop, type Image } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { resizeBicubic } from "../../src/pictures/resize.js";
import { smxc, succeed, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { type ServedPage, servePage } from "../support/serve-page.js";
import { launchChromium } from "./chromium.js";
import {
  choose,
  countTiles,
  drop,
  mostApart,
  type OpenPage,
  openPage,
  paste,
  saved,
  savedPicture,
  waitForProblem,
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
    // Three bands of patches, four tiles.
    "patches.png": resizeBicubic(crop(coffee, 50, 0, 64, 132), 96, 200),
    "wide.png": resizeBicubic(crop(coffee, 0, 50, 200, 12), 800, 20),
  };
  for (const [name, picture] of Object.entries(pictures)) {
    writeFileSync(at(name), await encodeImage(picture, name, () => {}));
  }
  writeFileSync(at("text.png"), "no picture");
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

describe("pictures", () => {
  beforeAll(async () => {
    open = await openPage(browser, served.address);
    page = open.page;
    await page.locator("#settings > summary").click();
    await page.locator("#experts > summary").click();
  });
  afterAll(() => page.context().close());

  it("restores a picture that is dropped as the command line does, and says where and how fast", async () => {
    await choose(page, "network", "nsr-x3");
    // The sample of that network, which is in work now, makes room.
    await waitForText(page, "#progress-text", "coffee.png");
    await drop(page, at("small.png"));
    expect(await waitForResult(page, "from 37 × 29")).toMatch(
      /^111 × 87 from 37 × 29 pixels in \d+\.\d\d s on WebAssembly with \d+ threads?\.$/,
    );
    const name = await saved(page, "#save", at("page.png"));
    expect(name).toBe("small-nsr-x3.png");
    const restored = await readImage(at("page.png"), () => {});
    expect(mostApart(restored, await restoredByCli("small.png"))).toBeLessThanOrEqual(1);
    expect(await page.textContent('label:has([value="nsr-x3"]) .card-size')).toMatch(
      /^\d+ kB · [\d.]+ s per megapixel$/,
    );
  });

  it("tells what the routers did in a sentence, then shows β of every layer, saved as compile takes them", async () => {
    expect(await waitForText(page, "#experts-text", "the whole picture")).toMatch(
      /^In 8 layers, .* 3 sets of kernels .* whole picture\.$/,
    );
    const rows = await page.locator(".map tbody tr").all();
    expect(rows).toHaveLength(8);
    for (const row of rows) {
      const shares = (await row.locator(".number").allTextContents()).map(Number);
      expect(shares).toHaveLength(3);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
    }
    expect(await saved(page, "#betas-download", at("beta.json"))).toBe("small-nsr-x3.beta.json");
    await succeed(
      ["compile", "net.json", "-o", "folded.onnx", "--routing", "fold", "--beta", "beta.json"],
      folder.path,
    );
    await succeed(["run", "folded.onnx", "small.png", "-o", "folded.png"], folder.path);
    const folded = await readImage(at("folded.png"), () => {});
    expect(mostApart(folded, await readImage(at("page.png"), () => {}))).toBeLessThanOrEqual(1);
  });

  it("runs a larger picture in patches, whose result is seen before it is complete, with a bar that fills", async () => {
    await drop(page, at("patches.png"));
    await waitForResult(page, "from 96 × 200");
    const tiles = await countTiles(page);
    const values = page.evaluate(`new Promise((resolve) => {
      const values = [];
      const bar = document.querySelector("#progress");
      new MutationObserver(() => {
        if (bar.hasAttribute("value")) values.push(bar.value);
        if (bar.value === 1) resolve(values);
      }).observe(bar, { attributes: true });
    })`) as Promise<readonly number[]>;
    await page.click("#look-at-patches");
    const [, patches] = /, (\d+) patches of 24 pixels\.$/.exec(await waitForResult(page, "patches of"))!;
    expect(Number(patches)).toBeGreaterThan(10);
    const filled = await values;
    expect(filled.length).toBeGreaterThan(2);
    expect(filled).toEqual(filled.toSorted((a, b) => a - b));
    expect(await tiles()).toBe(3);
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await restoredByCli("patches.png", "--context", "patch"))).toBeLessThanOrEqual(1);
    await waitForText(page, "#experts-text", ` in each of ${patches} patches`);
  });

  it("colours the patches of the picture by expert", async () => {
    await page.check("#colour-patches");
    const colours = await page.evaluate(`{
      const canvas = document.querySelector("#patches");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const found = new Set();
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 250) found.add([...data.slice(at, at + 3)].join());
      [canvas.hidden, canvas.width, canvas.height, found.size];
    }`);
    expect(colours).toEqual([false, 96, 200, expect.any(Number)]);
    expect((colours as readonly number[])[3]).toBeGreaterThan(0);
    expect(await page.locator("#patch-legend li").allTextContents()).toEqual(["expert 1", "expert 2", "expert 3"]);
    await page.uncheck("#colour-patches");
  });

  it("follows a setting that is changed: routers that look at the whole picture", async () => {
    await choose(page, "context", "whole");
    await page.locator("#status").filter({ hasNotText: "patches" }).filter({ hasText: " s on " }).waitFor();
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await restoredByCli("patches.png", "--context", "whole"))).toBeLessThanOrEqual(1);
  });

  it("stops at once when it is told to, keeps the focus, and restores when it is told to", async () => {
    await choose(page, "context", "trained");
    await page.focus("#cancel");
    await page.keyboard.press("Enter");
    await page.locator("#progress-card").waitFor({ state: "hidden" });
    expect(await page.evaluate("document.activeElement.id")).toBe("stage");
    // What is still seen is the result of before, and the page says so.
    expect(await waitForText(page, "#note", "This result is of Enlarge ×3")).toContain("settings");
    await page.click("#note-action");
    await waitForResult(page, "patches of");
    expect(await page.isHidden("#note-card")).toBe(true);
  });

  it("takes several pictures at once: a queue, and a zip of all results", async () => {
    await page.click('[aria-label="Remove small.png"]');
    await drop(page, at("tiny.png"), at("small.png"), at("text.png"));
    await page.click('[aria-label="Remove patches.png"]');
    const names = page.locator("#strip .thumbnail");
    await expect
      .poll(async () => Promise.all((await names.all()).map((each) => each.getAttribute("aria-label"))), {
        timeout: 60_000,
      })
      .toEqual(["tiny.png: done", "small.png: done", "text.png: failed"]);
    expect(await saved(page, "#save-zip", at("all.zip"))).toBe("restored.zip");
    const source = bytesSource("all.zip", await readFile(at("all.zip")));
    const archive = openArchive(source, await readDirectory(source));
    expect([...archive.entries.keys()]).toEqual(["tiny-nsr-x3.png", "small-nsr-x3.png"]);
    // Reading compares checksums.
    for (const entry of archive.entries.values()) await archive.read(entry, 0, entry.size);
    await page.click('[aria-label^="text.png"]');
    await waitForProblem(page, "text.png");
    await page.click('[aria-label^="small.png"]');
    await waitForResult(page, "from 37 × 29");
    expect(await page.isHidden("#problem-card")).toBe(true);
    await choose(page, "network", "nsr-x2");
    await waitForResult(page, "74 × 58 from 37 × 29");
    expect(await names.first().getAttribute("aria-label")).toBe("tiny.png: other settings");
    await page.click("#restore-all");
    await expect.poll(() => names.first().getAttribute("aria-label"), { timeout: 60_000 }).toBe("tiny.png: done");
  });

  it("lets pictures be that wait, when it is told to stop", async () => {
    await drop(page, at("patches.png"), at("tiny.png"));
    await waitForText(page, "#progress-text", "patches.png: restoring");
    await page.click("#cancel");
    const states = page.locator("#strip .thumbnail").filter({ hasText: "not restored" });
    expect(await states.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")))).toEqual([
      "patches.png: not restored",
      "tiny.png: not restored",
    ]);
    await waitForText(page, "#note", "Not restored.");
  });

  it("refuses what is no picture with the command line's words", async () => {
    writeFileSync(at("cut.png"), readFileSync(at("small.png")).subarray(0, 200));
    await drop(page, at("cut.png"));
    expect(await waitForProblem(page, "cut.png")).toContain("error[image/damaged]");
    await drop(page, at("text.png"));
    const { stderr } = await smxc(["run", "net.json", "text.png", "-o", "out.png"], folder.path);
    expect(await waitForProblem(page, "text.png")).toBe(stderr.trim());
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
    await page.locator("#settings > summary").click();
    await drop(page, at("small.png"));
  });
  afterAll(() => page.context().close());

  async function savedByPage(): Promise<Uint8Array> {
    await saved(page, "#save-onnx", at("page.onnx"));
    return readFile(at("page.onnx"));
  }

  async function compiledByCli(document: string, ...flags: readonly string[]): Promise<Uint8Array> {
    await succeed(["compile", document, "-o", "cli.onnx", "--no-verify", ...flags], folder.path);
    return readFile(at("cli.onnx"));
  }

  const card = (title: string) => page.locator(".card", { has: page.locator(`.card-title:text-is("${title}")`) });

  it("offers the importers' architectures", async () => {
    const offered = await page
      .locator("#arch option")
      .evaluateAll((options) => options.map((each) => each.textContent));
    expect(offered.slice(1)).toEqual(IMPORTERS.map(({ name }) => name));
  });

  it("makes a card of a checkpoint, runs it at once, and saves the command line's bytes", async () => {
    await page.fill("#set", "patch=17");
    await drop(page, at("oracle.pt"));
    await waitForResult(page, "74 × 58 from 37 × 29");
    expect(await card("oracle").locator(".card-size").textContent()).toMatch(/^\d+ kB · [\d.]+ s per megapixel$/);
    expect(Buffer.compare(await savedByPage(), await compiledByCli("oracle.json"))).toBe(0);
    await page.selectOption("#target", "webgpu");
    await page.check("#expose-beta");
    const expected = await compiledByCli("oracle.json", "--target", "webgpu", "--expose-beta");
    expect(Buffer.compare(await savedByPage(), expected)).toBe(0);
    await page.selectOption("#target", "cpu");
    await page.uncheck("#expose-beta");
    await page.fill("#set", "");
  });

  it("restores as the command line does, on WebGPU too, a picture from the clipboard", async () => {
    await choose(page, "provider", "webgpu");
    await paste(page, at("tiny.png"));
    expect(await waitForResult(page, "11 × 9")).toMatch(/^22 × 18 from 11 × 9 pixels in .* s on WebGPU\.$/);
    await succeed(["run", "oracle.json", "tiny.png", "-o", "cli.png"], folder.path);
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await readImage(at("cli.png"), () => {}))).toBeLessThanOrEqual(1);
    await choose(page, "provider", "auto");
    await waitForResult(page, "WebAssembly");
  });

  it("makes cards of checkpoints of several architectures that are dropped together", async () => {
    const names = ["rrdb-x2", "edsr-x2", "rcan-x2", "compact-x4", "span-x2", "dncnn"];
    for (const name of names)
      writeFileSync(at(`${name}.pth`), readFileSync(fixture("checkpoints", "networks", name, "checkpoint.pth")));
    await succeed(["import", "compact-x4.pth", "-o", "compact-x4.json"], folder.path);
    await drop(page, ...names.map((name) => at(`${name}.pth`)), at("tiny.png"));
    await waitForResult(page, "11 × 9 from 11 × 9");
    for (const name of names) expect(await card(name).locator(".card-size").textContent()).toMatch(/^[\d.]+ [kM]B/);
    await card("compact-x4").click();
    await waitForResult(page, "44 × 36 from 11 × 9");
  });

  it("runs a graph from picture to picture that someone else made, and one that is compiled already", async () => {
    writeFileSync(at("espcn.onnx"), readFileSync(fixture("onnx-exports", "espcn", "open.onnx")));
    await drop(page, at("espcn.onnx"));
    const text = await waitForText(page, ".card:has(:checked)", "espcn");
    expect(text).toMatch(/enlarges ×\d, from espcn\.onnx/);
    await expect
      .poll(() => card("espcn").locator(".card-speed").textContent(), { timeout: 60_000 })
      .toContain("s per megapixel");
    await succeed(["run", "espcn.onnx", "tiny.png", "-o", "cli.png"], folder.path);
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await readImage(at("cli.png"), () => {}))).toBeLessThanOrEqual(1);
    await drop(page, at("cli.onnx"));
    await waitForResult(page, "22 × 18 from 11 × 9");
    expect(await page.isDisabled("#save-onnx")).toBe(true);
  });

  it.each([
    ["a graph of someone else's", "compact.onnx", "compact.onnx"],
    ["a checkpoint", "compact-x4.pth", "compact-x4.json"],
  ])("shows what %s makes of a larger picture tile by tile, in workers", async (_, file, model) => {
    writeFileSync(at("compact.onnx"), readFileSync(fixture("onnx-exports", "compact", "open.onnx")));
    const tiles = await countTiles(page);
    await drop(page, at(file), at("wide.png"));
    const said = await waitForResult(page, "from 800 × 20");
    expect(said).toMatch(/WebAssembly with \d+ (worker|thread)s?, 4 tiles of 256 pixels\.$/);
    expect(await tiles()).toBe(4);
    await succeed(["run", model, "wide.png", "-o", "cli.png"], folder.path);
    const restored = await savedPicture(page, at("page.png"));
    expect(mostApart(restored, await readImage(at("cli.png"), () => {}))).toBeLessThanOrEqual(1);
    await page.click('[aria-label="Remove wide.png"]');
  });

  it("refuses a classifier and keeps the network that it had", async () => {
    writeFileSync(at("classifier.onnx"), readFileSync(fixture("onnx", "models", "light_shufflenet.onnx")));
    await drop(page, at("classifier.onnx"));
    expect(await waitForProblem(page, "classifier.onnx")).toContain("error[run/no-picture]");
    expect(await page.locator(".card:has(:checked)").textContent()).toContain("compact-x4.pth");
    expect(await page.locator(".card", { hasText: "classifier" }).count()).toBe(0);
  });

  it("compiles a document with its weights, in any order, and asks for weights that are missing", async () => {
    await drop(page, at("oracle.weights.safetensors"), at("oracle.json"));
    await waitForText(page, ".card:has(:checked)", "oracle.json");
    expect(Buffer.compare(await savedByPage(), await compiledByCli("oracle.json"))).toBe(0);
    await drop(page, at("oracle.json"));
    expect(await waitForProblem(page, "page/missing-weights")).toContain("oracle.json:");
    await drop(page, at("oracle.json"), at("oracle.weights.safetensors"), at("net.pt"));
    await waitForProblem(page, "page/too-many-files");
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
    const names = files();
    const { code, stderr } = await smxc(argv, folder.path);
    expect(code).toBe(1);
    await drop(page, ...names.map(at));
    expect(await waitForProblem(page, names[0]!)).toBe(stderr.trim());
  });

  it("broke no policy", () => {
    expect(open.complaints).toEqual([]);
  });
});

it("opens on what nsr-x2 makes of its photograph", async () => {
  const example = (name: string) => fileURLToPath(new URL(`../../web/src/example/${name}.webp`, import.meta.url));
  await succeed(["run", "nsr-x2", example("before"), "-o", "cli.png", "--context", "whole"], folder.path);
  const [after, expected] = await Promise.all(
    [example("after"), at("cli.png")].map((path) => readImage(path, () => {})),
  );
  expect(mostApart(after!, expected!)).toBeLessThanOrEqual(1);
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
