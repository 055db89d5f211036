/** The quickstart does what its lines say. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { readImage } from "../../src/pictures/image-node.js";
import { picturePsnr } from "../../src/pictures/metrics.js";
import { runNode, temporaryFolder } from "../support/cli.js";
import { fixture, readJson } from "../support/fixtures.js";

const START = fileURLToPath(new URL("../../dist/cli/start.js", import.meta.url));
const folder = temporaryFolder();
afterAll(folder.remove);

it("compiles the shipped network, enlarges a photograph, and tells its quality as it is", async () => {
  const { code, stdout, stderr } = await runNode([START, folder.at("out")], folder.path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(existsSync(folder.at("out/nsr-x2.onnx"))).toBe(true);
  const [restored, original] = await Promise.all(
    [folder.at("out/astronaut-x2.png"), fixture("photographs", "hr", "astronaut.png")].map((file) =>
      readImage(file, () => {}),
    ),
  );
  const measured = picturePsnr(restored!, original!, { shave: 2, color: "rgb" });
  type Quality = { readonly rgb: number };
  const info = readJson<{ psnr: { astronaut: { whole: Quality; bicubic: Quality } } }>("models", "nsr-x2", "info.json");
  const { whole, bicubic } = info.psnr.astronaut;
  expect(Math.abs(measured - whole.rgb)).toBeLessThanOrEqual(0.01);
  const told = /PSNR .*: ([0-9.]+) dB; bicubic enlargement: ([0-9.]+) dB/.exec(stdout);
  expect(Number(told?.[1])).toBeCloseTo(measured, 2);
  expect(Number(told?.[2])).toBeCloseTo(bicubic.rgb, 1);
  expect(stdout).toMatch(/Compiled in [0-9.]+ s .*: [0-9.]+ MB/);
});
