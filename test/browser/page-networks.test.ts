/** Networks that users give to the page: checkpoints, graphs of others, documents, and what is none of them. */
import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IMPORTERS } from "../../src/frontends/checkpoints/index.js";
import { readImage } from "../../src/pictures/image-node.js";
import { smxc, succeed } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import {
  choose,
  countTiles,
  drop,
  mostApart,
  type OpenPage,
  paste,
  saved,
  savedPicture,
  waitForProblem,
  waitForResult,
  waitForText,
} from "./page-driver.js";
import { pageWithPictures } from "./page-with-pictures.js";

const { folder, at, open: openServed } = pageWithPictures();
let open: OpenPage;
let page: Page;

describe("networks of the user's", () => {
  beforeAll(async () => {
    open = await openServed();
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
