/** The page of `smxc serve`, driven as a user does, against what the command line gives. */
import { readFileSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { openArchive } from "../../src/files/zip/archive.js";
import { readDirectory } from "../../src/files/zip/directory.js";
import type { Image } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { smxc, succeed } from "../support/cli.js";
import {
  choose,
  clickWhile,
  countTiles,
  drop,
  mostApart,
  type OpenPage,
  saved,
  savedPicture,
  waitForProblem,
  waitForResult,
  waitForText,
} from "./page-driver.js";
import { pageWithPictures } from "./page-with-pictures.js";

const { folder, at, served, open: openServed } = pageWithPictures();
let open: OpenPage;
let page: Page;

/** What `smxc run` makes of a picture. */
async function restoredByCli(picture: string, ...flags: readonly string[]): Promise<Image> {
  await succeed(["run", "net.json", picture, "-o", "cli.png", ...flags], folder.path);
  return readImage(at("cli.png"), () => {});
}

describe("pictures", () => {
  beforeAll(async () => {
    open = await openServed();
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
    expect(await waitForText(page, "#note", "This result was made with Enlarge ×3")).toContain("settings");
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
    const stopped = clickWhile(page, "#cancel", "#progress-text", "patches.png: restoring");
    await drop(page, at("patches.png"), at("tiny.png"));
    await stopped;
    const states = page.locator("#strip .thumbnail").filter({ hasText: "not restored" });
    await expect
      .poll(() => states.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label"))), { timeout: 60_000 })
      .toEqual(["patches.png: not restored", "tiny.png: not restored"]);
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
    expect(open.requests.filter((url) => !url.startsWith(served().address) && !url.startsWith("blob:"))).toEqual([]);
    expect(open.requests.some((url) => /\/ort\/[\d.]+\/ort-wasm-simd-threaded\.wasm$/.test(url))).toBe(true);
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
