/** Where onnxruntime-node could not be installed: its place is taken by onnxruntime-web, or the remedy is told. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { load } from "../../src/runtime/index-node.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

vi.mock("onnxruntime-node", () => {
  throw new Error("Cannot find package 'onnxruntime-node'");
});

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const PICTURE = fixture("images", "patch.png");

beforeAll(async () => {
  await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"));
});
afterAll(folder.remove);

it("compile compares in onnxruntime-web, says so, and writes the graph", async () => {
  const { code, stdout, stderr } = await run("compile", at("m.json"), "-o", at("m.onnx"), "--json");
  expect(code).toBe(0);
  expect(stderr).toContain(
    "compared with the reference on the WebAssembly provider, since onnxruntime-node is not installed",
  );
  expect(JSON.parse(stdout).compared).toMatchObject([{ provider: "wasm" }]);
  expect(existsSync(at("m.onnx"))).toBe(true);
});

it("β is taken from pictures, and half precision checked, there too", async () => {
  const flags = ["--routing", "fold", "--image", PICTURE, "--dtype", "float16"];
  const { code, stdout } = await run("compile", at("m.json"), "-o", at("f.onnx"), ...flags);
  expect([code, stdout]).toEqual([0, expect.stringContaining("float16 against float32")]);
});

it("a run on the CPU tells a remedy that works without a network script, and the target that needs none", async () => {
  const { code, stderr } = await run("run", at("m.onnx"), PICTURE, "-o", at("o.png"));
  expect(code).toBe(2);
  expect(stderr).toContain("npm install onnxruntime-node --ignore-scripts");
  expect(stderr).toContain("--target wasm");
  expect((await run("run", at("m.onnx"), PICTURE, "-o", at("o.png"), "--target", "wasm")).code).toBe(0);
});

it("the library tells its own option", async () => {
  await expect(load(at("m.onnx"))).rejects.toMatchObject({
    diagnostics: [{ code: "runtime/not-installed", hint: expect.stringContaining('with target: "wasm"') }],
  });
});
