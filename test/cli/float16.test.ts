/** `smxc compile --dtype float16`: what is told of pictures, and refused. */
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const PICTURE = fixture("photographs", "x3", "chelsea.png");
const compile = (...argv: readonly string[]) =>
  runCaptured(["compile", at("m.json"), "-o", at("h.onnx"), ...argv], COMMANDS);

beforeAll(async () => {
  await runCaptured(["import", fixture("models", "nsr-x3", "checkpoint.pt"), "-o", at("m.json")], COMMANDS);
});
afterAll(folder.remove);

describe("compile --dtype float16", () => {
  it("checks pictures, and tells how near float32 is and how large values grow", async () => {
    const { code, stdout } = await compile("--dtype", "float16", "--image", PICTURE, "--no-verify");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^float16 compared with float32 +PSNR .*\n.*chelsea\.png +\d\d\.\d\d dB .* \(body\./);
    const json = JSON.parse((await compile("--dtype", "float16", "--image", PICTURE, "--no-verify", "--json")).stdout);
    expect(json.float16.images).toMatchObject([{ image: PICTURE, largest: { layer: expect.stringMatching(/^body/) } }]);
    expect(json.float16.images[0].psnr).toBeGreaterThan(60);
  });

  it("checks random inputs where there are no pictures", async () => {
    const { code, stderr } = await compile("--dtype", "float16");
    expect(code).toBe(0);
    expect(stderr).toMatch(/float16 values reach [0-9.]+ of at most 65504 on random inputs \(layer body/);
  });

  it("takes no pictures in float32, where nothing is checked on them", async () => {
    const { code, stderr } = await compile("--image", PICTURE);
    expect(code).toBe(2);
    expect(stderr).toContain("--image and --images belong to --routing fold, or to --dtype float16");
  });

  it("folds on pictures and checks them too", async () => {
    const { code, stdout } = await compile(
      "--dtype",
      "float16",
      "--routing",
      "fold",
      "--image",
      PICTURE,
      "--no-verify",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/folded compared with dynamic[\s\S]*float16 compared with float32/);
    expect(readdirSync(folder.path)).toContain("h.onnx");
  });
});
