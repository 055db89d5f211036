/** Where onnxruntime-node could not be installed: its place is taken by onnxruntime-web, or the remedy is told. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ended, MAIN, runNode, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";

const folder = temporaryFolder();
const { at } = folder;
const PICTURE = fixture("images", "patch.png");

/** Node's options by the environment reach worker threads, as those of the command line do not. */
const WITHOUT = { NODE_OPTIONS: `--import ${new URL("../support/without-onnxruntime-node.mjs", import.meta.url)}` };
const node = (...args: readonly string[]): Promise<Ended> => runNode(args, folder.path, WITHOUT);
const run = (...argv: readonly string[]): Promise<Ended> => node(MAIN, ...argv);

beforeAll(async () => {
  expect(await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", "m.json")).toMatchObject({ code: 0 });
});
afterAll(folder.remove);

it("compile compares in onnxruntime-web, says so, and writes the graph", async () => {
  const { code, stdout, stderr } = await run("compile", "m.json", "-o", "m.onnx", "--json");
  expect(code).toBe(0);
  expect(stderr).toContain(
    "compared with the reference on the WebAssembly provider, since onnxruntime-node is not installed",
  );
  expect(JSON.parse(stdout).compared).toMatchObject([{ provider: "wasm" }]);
  expect(existsSync(at("m.onnx"))).toBe(true);
});

it("β is taken from pictures, and half precision checked, there too", async () => {
  const flags = ["--routing", "fold", "--image", PICTURE, "--dtype", "float16"];
  const { code, stdout } = await run("compile", "m.json", "-o", "f.onnx", ...flags);
  expect([code, stdout]).toEqual([0, expect.stringContaining("float16 compared with float32")]);
});

it("a run on the CPU tells a remedy that works without a network script, and the target that needs none", async () => {
  const { code, stderr } = await run("run", "m.onnx", PICTURE, "-o", "o.png");
  expect(code).toBe(2);
  expect(stderr).toContain("npm install onnxruntime-node --ignore-scripts");
  expect(stderr).toContain("--target wasm");
  expect(await run("run", "m.onnx", PICTURE, "-o", "o.png", "--target", "wasm")).toMatchObject({ code: 0 });
});

it("the library tells its own option", async () => {
  const runtime = new URL("../../dist/src/runtime/index-node.js", import.meta.url);
  const script = `import { load } from "${runtime}";
    await load("m.onnx").catch(({ diagnostics }) => console.log(JSON.stringify(diagnostics)));`;
  const { stdout } = await node("--input-type=module", "--eval", script);
  expect(JSON.parse(stdout)).toMatchObject([
    { code: "runtime/not-installed", hint: expect.stringContaining('with target: "wasm"') },
  ]);
});
