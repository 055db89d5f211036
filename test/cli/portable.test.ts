/** `compile --portable`: the flag reaches the graph, and its metadata, by which `verify` compiles it again. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = async (...argv: readonly string[]) => {
  const done = await runCaptured(argv, COMMANDS);
  expect(done.code, done.stderr).toBe(0);
  return done.stdout;
};

beforeAll(async () => {
  await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"), "--set", "patch=48");
});
afterAll(folder.remove);

const operators = async (file: string): Promise<readonly string[]> => {
  const { operators } = JSON.parse(await run("inspect", at(file), "--json"));
  return operators.map(({ op }: { readonly op: string }) => op);
};

it("writes no Scan, which a compile without the flag does", async () => {
  const explained = await run("compile", at("m.json"), "-o", at("portable.onnx"), "--portable", "--explain");
  expect(explained).toMatch(/^body\.1\.body\.0 +unfold +at once +Winograd needs a Scan/m);
  await run("compile", at("m.json"), "-o", at("plain.onnx"));
  expect(await operators("portable.onnx")).not.toContain("Scan");
  expect(await operators("plain.onnx")).toContain("Scan");
});

it("is verified with the same lowering", async () => {
  const { weights } = JSON.parse(await run("verify", at("m.json"), at("portable.onnx"), "--json"));
  expect(weights.verdict).toBe("same");
  await run("check", at("portable.onnx"), "--strict", "--full", "--target", "wasm", "--max-warnings", "0");
});
