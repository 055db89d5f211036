/** `smxc routes` of ONNX graphs. */
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { withOutputs } from "../../src/onnx/rewrite/extract.js";
import { imageToTensor } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import type { RouterStudy } from "../../src/routes/study.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { encoded, runGraph } from "../support/sessions.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const exported = (name: string, file = "legacy.onnx") => fixture("onnx-exports", name, file);
const pictures = () => ["--image", at("a.png"), "--image", at("b.png")];

beforeAll(async () => {
  for (const [name, brightness] of [["a.png", 1] as const, ["b.png", 0.3] as const])
    await sharp(fixture("images", "patch.png"))
      .resize(12, 16, { fit: "fill" })
      .modulate({ brightness })
      .toFile(at(name));
  await sharp(fixture("images", "patch.png")).resize(20, 16, { fit: "fill" }).toFile(at("wide.png"));
});
afterAll(folder.remove);

async function routersOf(model: string, ...flags: readonly string[]): Promise<readonly RouterStudy[]> {
  const { code, stdout, stderr } = await run("routes", model, ...pictures(), ...flags, "--json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout).routers;
}

/** What the source's last softmax gives on a picture. */
async function softmaxOn(path: string, file: string): Promise<readonly number[]> {
  const bytes = Uint8Array.from(readFileSync(path));
  const { message } = await decodeGraph(bytesSource(path, bytes));
  const name = message.graph!.node.findLast(({ op_type }) => op_type === "Softmax")!.output[0]!;
  const { shape, data } = imageToTensor(await readImage(at(file), () => {}));
  const x = { shape, data: Float64Array.from(data) };
  const shown = withOutputs(message as ModelWithGraph, [name]);
  const [values] = await runGraph(await encoded(shown), [new Map([["x", x]])]);
  return [...values!.get(name)!.data];
}

describe("routes of a graph", () => {
  it("tells what the source's softmax gives on each picture", async () => {
    const path = exported("einsum-restorer");
    const routers = await routersOf(path);
    expect(routers.map(({ layer }) => layer)).toEqual(["/body.0/Conv", "/body.1/Conv"]);
    for (const [index, file] of ["a.png", "b.png"].entries()) {
      const expected = await softmaxOn(path, file);
      const found = routers[1]!.pictures[index]!.flat();
      found.forEach((value, e) => {
        expect(value).toBeCloseTo(expected[e]!, 5);
      });
    }
    expect(routers[1]!.evenness).toBeGreaterThan(0);
    expect(routers[1]!.withinPictures).toBeUndefined();
  });

  it("takes networks that give no picture, and routers of sigmoids", async () => {
    const routers = await routersOf(exported("condconv"));
    expect(routers).toMatchObject([{ experts: 4, cardinals: 1, samples: 2 }]);
    expect(routers[0]!.evenness).toBeUndefined();
  });

  it("tells blocks of output channels apart", async () => {
    expect(await routersOf(exported("nsr"))).toMatchObject(Array(4).fill({ experts: 4, cardinals: 4 }));
  });

  it("is the same for a graph that was compiled to show its β, which runs as it is", async () => {
    const path = exported("nsr");
    await run("compile", path, "-o", at("shown.onnx"), "--expose-beta", "--no-verify");
    const [found, expected] = [await routersOf(at("shown.onnx")), await routersOf(path)];
    expect(found.map(({ layer }) => layer)).toEqual(expected.map(({ layer }) => layer));
    found.forEach(({ mean }, index) => {
      mean.flat().forEach((value, i) => {
        expect(value).toBeCloseTo(expected[index]!.mean.flat()[i]!, 5);
      });
    });
  });

  it("takes the values of pictures as it is told", async () => {
    const path = exported("einsum-restorer");
    const [usual, other] = [await routersOf(path), await routersOf(path, "--range", "0..255")];
    expect(other[0]!.mean).not.toEqual(usual[0]!.mean);
  });

  it("writes the report, and goes on after a picture that does not fit", async () => {
    const { code, stdout, stderr } = await run(
      ...["routes", exported("einsum-restorer"), ...pictures(), "--image", at("wide.png"), "-o", at("r.html")],
    );
    expect(code).toBe(1);
    expect(stdout).toContain("2 pictures, 2 samples of β, context: whole");
    expect(stderr).toContain("run/wrong-size");
    expect(stderr).toContain("export it with dynamic sizes");
    expect(readFileSync(at("r.html"), "utf8")).toContain("/body.1/Conv");
  });

  it("says what to give in place of a graph that was compiled without its β", async () => {
    await run("compile", exported("nsr"), "-o", at("plain.onnx"), "--no-verify");
    const { code, stderr } = await run("routes", at("plain.onnx"), ...pictures());
    expect(code).toBe(2);
    expect(stderr).toContain("usage/needs-document");
    expect(stderr).toContain("compile that again with --expose-beta");
  });

  it.each([
    ["a graph without routers", "style-input", [], "routes/none", 1],
    ["a graph that takes no pictures", "layer-einsum", [], "run/no-picture", 1],
    ["pictures of another size alone", "nsr", ["--image", "wide.png"], "run/wrong-size", 1],
    [
      "a context that it has not",
      "nsr",
      ["--context", "patch"],
      "the context of an exported graph is fixed by its nodes",
      1,
    ],
    ["colours that it has not", "nsr", ["--color", "grey"], "run/wrong-color", 1],
  ] as const)("refuses %s", async (_, name, flags, message, exit) => {
    const own = flags.includes("--image" as never) ? [] : pictures();
    const { code, stderr } = await run(
      ...["routes", exported(name), ...own, ...flags.map((word) => (word === "wide.png" ? at(word) : word))],
    );
    expect(code).toBe(exit);
    expect(stderr).toContain(message);
  });
});
