/** `compile --explain` and `inspect`: how each convolution is run, and what passes did, for people and as JSON. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);

beforeAll(async () => {
  await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"), "--set", "patch=48");
});
afterAll(folder.remove);

it("tells of every convolution how it is run, and of every affine map where it went", async () => {
  const { code, stdout } = await run("compile", at("m.json"), "-o", at("m.onnx"), "--no-verify", "--explain");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^layer +runs as +batch +why$/m);
  expect(stdout).toMatch(/^body\.1\.body\.0 +\S+ +one by one +\S/m);
  expect(stdout).toMatch(/^fold-affines rewrote /m);
  expect(stdout).toMatch(
    /^fold-affines left centre unchanged: the convolution after it pads with zeros, .* \(body\.0\)$/m,
  );
  expect(stdout).toMatch(
    /^merge-constant-mixtures left body\.1\.body\.0 unchanged: .* depend on the input \(body\.1\.body\.0\.beta\)$/m,
  );
});

it("tells the same as JSON", async () => {
  const { stdout } = await run("compile", at("m.json"), "-o", at("m.onnx"), "--no-verify", "--explain", "--json");
  const { lowerings, rewrites } = JSON.parse(stdout);
  expect(lowerings).toContainEqual(expect.objectContaining({ layer: "body.0", lowering: "conv" }));
  expect(rewrites).toContainEqual({ pass: "fold-affines", node: "y" });
  expect((await run("compile", at("m.json"), "-o", at("m.onnx"), "--no-verify", "--json")).stdout).not.toContain(
    "rewrites",
  );
});

it("inspect tells in a line which rewrites were declined, of how many layers, and why", async () => {
  const { code, stdout } = await run("inspect", at("m.json"));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^not rewritten by +layers +because$/m);
  expect(stdout).toMatch(/^merge-constant-mixtures +4: body\.1\.body\.0 … body\.2\.body\.2 +.* depend on the input$/m);
  expect(stdout).toMatch(
    /^fold-affines +centre +the convolution after it pads with zeros, to which the shift does not apply$/m,
  );
  expect(JSON.parse((await run("inspect", at("m.json"), "--json")).stdout).declined).toContainEqual({
    rule: "fold-affines",
    reason: "the convolution after it pads with zeros, to which the shift does not apply",
    nodes: ["centre"],
  });
});
