/** Checkpoints as trainers and people make them: what is taken, and what is said about the rest. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const WEIGHTS = folder.at("m.weights.safetensors");
const ORIGINAL = fixture("oracle", "nsr-x2", "checkpoint.pt");

let original: Buffer;

/** Runs import with a patch, which is another test's matter, and gives what was said. */
async function run(file: string, ...more: readonly string[]) {
  const argv = ["import", file, "-o", folder.at("m.json"), "--set", "patch=48", ...more];
  const { code, stderr } = await runCaptured(argv, COMMANDS);
  return { code, stderr, codes: [...stderr.matchAll(/^(?:error|warning)\[(.*?)\]/gm)].map(([, name]) => name) };
}

beforeAll(async () => {
  expect((await run(ORIGINAL)).code).toBe(0);
  original = readFileSync(WEIGHTS);
});
afterAll(folder.remove);

describe("a checkpoint with the same network", () => {
  beforeEach(() => run(fixture("checkpoints", "condconv-net.pt"), "--key", "blocks.0.conv"));

  it.each([
    ["history.pt", []],
    ["lightning-path.ckpt", []],
    ["numpy-scalar.pt", []],
    ["proto4.pt", []],
    ["proto4-legacy.pt", []],
    ["lightning-net.ckpt", []],
    ["lightning-net.ckpt", ["--key", "net"]],
    ["lightning-net.ckpt", ["--key", "state_dict.net"]],
    ["lightning-net.ckpt", ["--key", "net."]],
    ["lightning-model-and-loss.ckpt", ["--key", "model"]],
    ["timm-style.pth.tar", ["--key", "state_dict"]],
  ] as const)("is imported without a word: %s %j", async (file, more) => {
    expect(await run(fixture("checkpoints", file), ...more)).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(WEIGHTS).equals(original), "the same weights").toBe(true);
  });

  it("is found beside the weight of a loss, which is named", async () => {
    const { code, stderr, codes } = await run(fixture("checkpoints", "lightning-model-and-loss.ckpt"));
    expect({ code, codes }).toEqual({ code: 0, codes: ["import/left-out"] });
    expect(stderr).toContain('"criterion.vgg.weight"');
    expect(stderr).toContain("--key model");
    expect(readFileSync(WEIGHTS).equals(original)).toBe(true);
  });

  it("and averages of its weights: they are taken, and a warning names the others", async () => {
    const { code, stderr, codes } = await run(fixture("checkpoints", "timm-style.pth.tar"));
    expect({ code, codes }).toEqual({ code: 0, codes: ["torch/several-state-dicts"] });
    expect(stderr).toMatch(/"state_dict_ema", an average over the training.*; "state_dict" holds/);
    expect(stderr).toMatch(/--key: "state_dict"/);
    const averaged = readFileSync(WEIGHTS);
    expect(averaged.equals(original)).toBe(false);
    expect(await run(fixture("checkpoints", "timm-style.pth.tar"), "--key", "state_dict_ema")).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(readFileSync(WEIGHTS).equals(averaged)).toBe(true);
  });
});

describe("a network of which one layer is known", () => {
  const file = fixture("checkpoints", "condconv-net.pt");

  it("gives the layer by --key", async () => {
    expect(await run(file, "--arch", "condconv", "--key", "blocks.0.conv")).toMatchObject({ code: 0 });
  });

  it("gives the layer by --arch, and the rest is named", async () => {
    const { code, codes, stderr } = await run(file, "--arch", "condconv");
    expect(code).toBe(0);
    expect(codes).toContain("import/left-out");
    expect(stderr).toContain('"conv_stem.weight"');
  });

  it("is refused without, since a part of a network is not the network, and the prefix is told", async () => {
    const { code, codes, stderr } = await run(file);
    expect({ code, codes }).toEqual({ code: 1, codes: ["import/unrecognised"] });
    expect(stderr).toContain("--key blocks.0.conv");
  });

  it("tells the prefix where a key names nothing", async () => {
    const { code, codes, stderr } = await run(file, "--key", "blocks.1");
    expect({ code, codes }).toEqual({ code: 1, codes: ["torch/key-not-found"] });
    expect(stderr).toContain('an architecture that smxc knows: "blocks.0.conv"');
  });
});

it("says that the patch is a guess", async () => {
  const { code, stderr } = await runCaptured(["import", ORIGINAL, "-o", folder.at("m.json")], COMMANDS);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning\[import\/patch-assumed\].*48 pixels/);
  expect(stderr).toContain("--set patch=");
});
