/** `smxc eval` on folders as they come: names of data sets, sizes that do not fit, bad pictures. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const smxc = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const evaluate = ([lr, hr]: readonly [string, string], ...flags: readonly string[]) =>
  smxc("eval", at("m.json"), "--pairs", lr, hr, ...flags);

beforeAll(async () => {
  await smxc("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"));
});
afterAll(folder.remove);

/** Folders of pictures by their sizes. */
async function folders(
  lr: Readonly<Record<string, readonly [width: number, height: number]>>,
  hr: Readonly<Record<string, readonly [width: number, height: number]>>,
): Promise<readonly [string, string]> {
  const root = mkdtempSync(at("pairs-"));
  for (const [into, files] of Object.entries({ lr, hr })) {
    mkdirSync(join(root, into));
    for (const [name, [width, height]] of Object.entries(files)) {
      await sharp(fixture("images", "patch.png"))
        .resize(width, height, { fit: "fill" })
        .png()
        .toFile(join(root, into, name));
    }
  }
  return [join(root, "lr"), join(root, "hr")];
}

describe("names", () => {
  it.each([
    ["img_001_SRF_2_LR.png", "img_001_SRF_2_HR.png", "img_001"],
    ["baby_LRBI_x2.png", "baby_HR_x2.png", "baby"],
    ["baby_bicLRx2.png", "baby.png", "baby"],
    ["0801x2.png", "0801.png", "0801"],
  ])("%s and %s", async (lr, hr, name) => {
    const pairs = await folders({ [lr]: [12, 10] }, { [hr]: [24, 20], "further.png": [24, 20] });
    const { code, stdout } = await evaluate(pairs, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).images.map(({ image }: { image: string }) => image)).toEqual([name]);
  });

  it("of both kinds in one folder", async () => {
    const sizes = { "a_SRF_2_LR.png": [12, 10], "a_SRF_2_HR.png": [24, 20], "a_SRF_2_bicubic.png": [24, 20] } as const;
    const [both] = await folders(sizes, {});
    const { code, stdout } = await evaluate([both, both], "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).images).toMatchObject([{ image: "a" }]);
  });

  it("several inputs of one true picture keep their own names", async () => {
    const pairs = await folders({ "ax2.png": [12, 10], "ax2m.png": [12, 10] }, { "a.png": [24, 20] });
    const { stdout } = await evaluate(pairs, "--json");
    expect(JSON.parse(stdout).images).toMatchObject([{ image: "ax2" }, { image: "ax2m" }]);
  });

  it("without a partner: the hint lists what is there", async () => {
    const pairs = await folders({ "a.png": [12, 10], "q.png": [12, 10] }, { "a.png": [24, 20], "b.png": [24, 20] });
    const { code, stderr } = await evaluate(pairs);
    expect(code).toBe(1);
    expect(stderr).toContain('no true picture for "q"');
    expect(stderr).toContain("there are a.png, b.png");
  });

  it("of swapped folders", async () => {
    const [lr, hr] = await folders({ "a_LRBI_x2.png": [12, 10] }, { "a_HR_x2.png": [24, 20] });
    expect((await evaluate([hr, lr])).stderr).toContain("did you swap the folders?");
  });
});

describe("sizes", () => {
  it("are cut to multiples of the scale, and a note says so", async () => {
    const pairs = await folders(
      { "a.png": [12, 10], "b.png": [12, 10], "c.png": [12, 10] },
      { "a.png": [25, 21], "b.png": [23, 19], "c.png": [24, 20] },
    );
    const { code, stdout, stderr } = await evaluate(pairs, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).images).toHaveLength(3);
    expect(stderr).toContain("in 2 of 3 pairs the sizes are not multiples of the scale");
  });

  it.each([
    [
      "swapped",
      { a: [24, 20], b: [24, 20] },
      { a: [12, 10], b: [12, 10] },
      /is 2 times as large as the one of .*hr/,
      /did you swap/,
    ],
    [
      "of another scale",
      { a: [12, 10], b: [12, 10] },
      { a: [48, 40], b: [49, 42] },
      /is 4 times as large as each picture/,
      /a model of scale 4/,
    ],
    [
      "not reduced",
      { a: [24, 20], b: [20, 24] },
      { a: [24, 20], b: [20, 24] },
      /as large as each .* the model enlarges 2 times/,
      /inputs of scale 2/,
    ],
  ] as const)("%s: told once, of the folders", async (_, lr, hr, message, hint) => {
    const named = (sizes: Readonly<Record<string, readonly [number, number]>>) =>
      Object.fromEntries(Object.entries(sizes).map(([name, size]) => [`${name}.png`, size]));
    const pairs = await folders(named(lr), named(hr));
    const { code, stdout, stderr } = await evaluate(pairs);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.match(/error\[metrics\/different-sizes\]/g)).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(hint);
  });
});

describe("a bad pair", () => {
  it("is listed, and the means are over the others and say so", async () => {
    const all = ["a.png", "b.png", "c.png", "d.png"];
    const sizes = (width: number, height: number) =>
      Object.fromEntries(all.map((name) => [name, [width, height] as const]));
    const pairs = await folders(sizes(12, 10), { ...sizes(24, 20), "b.png": [30, 20] });
    writeFileSync(join(pairs[1], "c.png"), "broken");
    writeFileSync(join(pairs[0], "._a.png"), "hidden");
    const text = await evaluate(pairs);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain("mean of 2 of 4");
    expect(text.stderr).toContain("error[metrics/different-sizes]");
    expect(text.stderr).toContain("error[image/unknown-format]");
    expect(text.stderr).toContain("2 of 4 pictures failed");
    const { code, stdout } = await evaluate(pairs, "--json");
    expect(code).toBe(1);
    const answer = JSON.parse(stdout);
    expect(answer.images.map(({ image }: { image: string }) => image)).toEqual(["a", "d"]);
    expect(answer.mean.psnr).toBeCloseTo((answer.images[0].psnr + answer.images[1].psnr) / 2, 9);
    expect(answer.failed.map(({ input }: { input: string }) => basename(input))).toEqual(["b.png", "c.png"]);
    expect(answer.errors).toHaveLength(2);
  });
});
