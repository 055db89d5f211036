/** `smxc run` over many pictures: which are taken, where results go, and what happens to bad ones. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const smxc = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const run = (...argv: readonly string[]) => smxc("run", at("m.json"), ...argv);
const BATCH = fixture("images", "batch");
const PHOTO = join(BATCH, "a.png");

beforeAll(async () => {
  await smxc("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"));
});
afterAll(folder.remove);

/** A new folder of copies of one picture, and of other entries. */
async function pictures(
  files: Readonly<Record<string, "png" | "jpeg" | "webp" | "tiff" | Uint8Array>>,
): Promise<string> {
  const into = mkdtempSync(at("in-"));
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? await sharp(PHOTO).toFormat(content).toBuffer() : content;
    writeFileSync(join(into, name), bytes);
  }
  return into;
}

const newFolder = () => join(mkdtempSync(at("out-")), "made", "here");

describe("a bad picture", () => {
  it("does not stop the others, and is told at the end", async () => {
    const out = newFolder();
    const { code, stdout, stderr } = await run(BATCH, "-o", out);
    expect(code).toBe(1);
    expect(readdirSync(out)).toEqual(["a.png", "c.png"]);
    expect(stdout.trim().split("\n")).toHaveLength(2);
    expect(stderr).toContain("error[image/damaged]");
    expect(stderr).toContain(join(BATCH, "b.jpg"));
    expect(stderr).toContain("1 of 3 pictures failed");
  });

  it("is told with --quiet as well", async () => {
    const { code, stderr } = await run(BATCH, "-o", newFolder(), "--quiet");
    expect({ code, told: stderr.includes("error[image/damaged]") }).toEqual({ code: 1, told: true });
  });

  it("is told in JSON beside what was done", async () => {
    const { code, stdout } = await run(BATCH, "-o", newFolder(), "--json");
    expect(code).toBe(1);
    const answer = JSON.parse(stdout);
    expect(answer.pictures.map(({ input }: { input: string }) => input)).toEqual([PHOTO, join(BATCH, "c.png")]);
    expect(answer.failed).toMatchObject([{ input: join(BATCH, "b.jpg"), errors: [{ code: "image/damaged" }] }]);
    expect(answer.errors).toMatchObject([{ code: "image/damaged", file: join(BATCH, "b.jpg") }]);
  });

  it("of every kind: broken, missing, no picture, too large for the format", async () => {
    const wide = await sharp({ create: { width: 9000, height: 1, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    const from = await pictures({
      "0.png": new Uint8Array(),
      "1.png": Buffer.from("no"),
      "2.png": wide,
      "9.png": "png",
    });
    symlinkSync(join(from, "nowhere"), join(from, "3.png"));
    const out = newFolder();
    const { code, stdout } = await run(from, join(from, "4.png"), "-o", out, "--format", "webp", "--json");
    expect(code).toBe(1);
    expect(readdirSync(out)).toEqual(["9.webp"]);
    const errors = JSON.parse(stdout).failed.map((each: { errors: { code: string }[] }) => each.errors[0]!.code);
    expect(errors).toEqual([
      "image/unknown-format",
      "image/unknown-format",
      "image/too-large-for-format",
      "image/cannot-read",
      "image/cannot-read",
    ]);
  });

  it("alone in a folder is an error and leaves no folder behind", async () => {
    const out = newFolder();
    const { code, stdout } = await run(await pictures({ "a.png": new Uint8Array(3) }), "-o", out);
    expect({ code, stdout, made: existsSync(join(out, "..")) }).toEqual({ code: 1, stdout: "", made: false });
  });

  it.runIf(process.platform === "linux")("a device in the place of a result is refused before any work", async () => {
    const out = mkdtempSync(at("out-"));
    symlinkSync("/dev/full", join(out, "a.png"));
    const { code, stdout, stderr } = await run(BATCH, "-o", out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("error[usage/output-not-alone]");
    expect(readdirSync(out)).toEqual(["a.png"]);
  });

  it("of one is the error of the command", async () => {
    const { code, stdout } = await run(join(BATCH, "b.jpg"), "-o", at("one.png"), "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      errors: [expect.objectContaining({ code: "image/damaged" })],
    });
  });
});

describe("of a folder", () => {
  it("all pictures are taken that are read one by one, whatever their endings", async () => {
    const from = await pictures({
      "a.png": "png",
      "b.jfif": "jpeg",
      "c.jpe": "jpeg",
      "d.JPG": "jpeg",
      "e.webp": "webp",
      "f.TIFF": "tiff",
      "g.bin": "png",
      h: "webp",
    });
    const out = newFolder();
    const { code, stderr } = await run(from, "-o", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(out)).toEqual(["a.png", "b.png", "c.png", "d.png", "e.png", "f.png", "g.png", "h.png"]);
  });

  it("hidden files are none, and a note names what else was left out", async () => {
    const from = await pictures({
      "a.png": "png",
      "._a.png": Buffer.alloc(4096),
      ".b.png": "png",
      "d.bmp": Buffer.from("BM"),
    });
    mkdirSync(join(from, "thumbs.png"));
    const out = newFolder();
    const { code, stderr } = await run(from, "-o", out);
    expect(code).toBe(0);
    expect(readdirSync(out)).toEqual(["a.png"]);
    expect(stderr).toContain("2 of 3 files were left out");
    expect(stderr).toContain("d.bmp, thumbs.png/");
    expect(stderr).not.toContain("._a.png");
  });

  it("of one entry that was left out, the note speaks of one", async () => {
    const { stderr } = await run(await pictures({ "a.png": "png", "d.bmp": Buffer.from("BM") }), "-o", newFolder());
    expect(stderr).toContain(
      "1 of 2 files was left out, because it is not a PNG, JPEG, WebP, TIFF, GIF or AVIF file: d.bmp",
    );
  });

  it("the note is short", async () => {
    const names = Array.from({ length: 40 }, (_, index) => [`n${index}.txt`, Buffer.from("text")] as const);
    const { stderr } = await run(await pictures({ "a.png": "png", ...Object.fromEntries(names) }), "-o", newFolder());
    expect(stderr).toContain("and 35 more");
    expect(stderr.length).toBeLessThan(400);
  });

  it("without pictures is refused, with what there is", async () => {
    const { code, stderr } = await run(
      await pictures({ "._a.png": "png", "d.bmp": Buffer.from("BM") }),
      "-o",
      newFolder(),
    );
    expect(code).toBe(2);
    expect(stderr).toContain("error[io/no-pictures]");
    expect(stderr).toContain("this one holds d.bmp");
  });
});

describe("where results go", () => {
  it("pictures and folders in one call", async () => {
    const from = await pictures({ "b.jpg": "jpeg" });
    const out = newFolder();
    expect((await run(PHOTO, from, "-o", out)).code).toBe(0);
    expect(readdirSync(out)).toEqual(["a.png", "b.png"]);
  });

  it.each([
    ["jpg", "jpeg"],
    ["jpeg", "jpeg"],
    ["webp", "webp"],
    ["tif", "tiff"],
    [".PNG", "png"],
  ])("--format %s gives the ending and the format", async (ending, format) => {
    const out = newFolder();
    expect((await run(PHOTO, "-o", `${out}/`, "--format", ending)).code).toBe(0);
    const [file] = readdirSync(out);
    expect(file).toBe(`a.${ending.toLowerCase().replace(".", "")}`);
    expect((await sharp(join(out, file!)).metadata()).format).toBe(format);
  });

  it("one picture: a file, or a folder that is there or that ends as one", async () => {
    expect((await run(PHOTO, "-o", at("file.webp"))).code).toBe(0);
    expect((await sharp(at("file.webp")).metadata()).format).toBe("webp");
    expect((await run(PHOTO, "-o", at("no-ending"), "--format", "tiff")).code).toBe(0);
    expect((await sharp(at("no-ending")).metadata()).format).toBe("tiff");
    mkdirSync(at("there.png"));
    expect((await run(PHOTO, "-o", at("there.png"))).code).toBe(0);
    expect(readdirSync(at("there.png"))).toEqual(["a.png"]);
  });

  it.each([
    [
      "two pictures of one stem",
      async () => [PHOTO, await pictures({ "a.webp": "webp" }), "-o", newFolder()],
      "usage/output-twice",
    ],
    ["one picture twice", async () => [PHOTO, PHOTO, "-o", newFolder()], "usage/output-twice"],
    ["several to a file", async () => [PHOTO, join(BATCH, "c.png"), "-o", at("x.png")], "usage/needs-folder"],
    ["a folder to a file", async () => [BATCH, "-o", at("x.png")], "usage/needs-folder"],
    ["two formats", async () => [PHOTO, "-o", at("x.png"), "--format", "jpg"], "usage/two-formats"],
    ["unknown format", async () => [PHOTO, "-o", at("x")], "image/unknown-extension"],
    [
      "a format that is not written",
      async () => [PHOTO, "-o", newFolder(), "--format", "gif"],
      "usage/invalid-argument",
    ],
    ["standard output", async () => [PHOTO, "-o", "-"], "usage/output-is-stream"],
    ["a file in place of a folder", async () => [BATCH, "-o", at("m.json")], "io/cannot-write"],
  ] as const)("refused before any work: %s", async (_, argv, error) => {
    const words = await argv();
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`error[${error}]`);
    for (const word of words) if (word.includes("out-")) expect(existsSync(word)).toBe(false);
  });

  it("never an input, by whatever name", async () => {
    const from = await pictures({ "a.png": "png", "b.webp": "webp" });
    const before = readFileSync(join(from, "a.png"));
    const into = await run(from, "-o", from);
    expect(into).toMatchObject({ code: 2, stdout: "" });
    expect(into.stderr).toContain("usage/output-is-input");
    const out = mkdtempSync(at("out-"));
    symlinkSync(join(from, "a.png"), join(out, "a.png"));
    expect((await run(from, "-o", out)).stderr).toContain("usage/output-is-input");
    expect(readFileSync(join(from, "a.png")).equals(before)).toBe(true);
    expect(readdirSync(out)).toEqual(["a.png"]);
  });

  it("folders that were made are removed where the model cannot be read", async () => {
    const out = newFolder();
    expect((await smxc("run", at("none.json"), BATCH, "-o", out)).code).toBe(2);
    expect(existsSync(join(out, ".."))).toBe(false);
  });
});

describe("other commands over folders", () => {
  it("compile takes β from the pictures that can be read, and warns of the others", async () => {
    copyFileSync(join(BATCH, "b.jpg"), join(await pictures({}), "b.jpg"));
    const { code, stderr } = await smxc(
      "compile",
      at("m.json"),
      "-o",
      at("f.onnx"),
      "--routing",
      "fold",
      "--images",
      BATCH,
      "--no-verify",
    );
    expect(code).toBe(0);
    expect(stderr).toContain("warning[image/damaged]");
    expect(stderr).toContain("left out");
    const none = await pictures({ "a.png": new Uint8Array(4), "._a.png": new Uint8Array(4) });
    expect((await smxc("compile", at("m.json"), "-o", at("g.onnx"), "--routing", "fold", "--images", none)).code).toBe(
      1,
    );
    expect(existsSync(at("g.onnx"))).toBe(false);
  });

  it("routes goes on, and tells what failed", async () => {
    const { code, stdout } = await smxc("routes", at("m.json"), "--images", BATCH, "--json");
    expect(code).toBe(1);
    const answer = JSON.parse(stdout);
    expect(answer.pictures).toHaveLength(2);
    expect(answer.routers[0].pictures).toHaveLength(2);
    expect(answer.failed).toMatchObject([{ input: join(BATCH, "b.jpg"), errors: [{ code: "image/damaged" }] }]);
  });
});
