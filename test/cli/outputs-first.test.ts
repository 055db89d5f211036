/** An output that cannot be written is refused before the work, which may take long, is done. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { runCaptured } from "./capture.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "smxc-outputs-"));
  copyFileSync(`${FIXTURES}images/patch.png`, at("in.png"));
  await runCaptured(["import", `${FIXTURES}oracle/nsr-x2/weights.safetensors`, "-o", at("m.json")], COMMANDS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["compile, into a folder that is not there", ["compile", "m.json", "-o", "none/m.onnx"], "io/cannot-write"],
  ["compile, over its document", ["compile", "m.json", "-o", "m.json"], "usage/output-is-input"],
  ["compile, over its weights", ["compile", "m.json", "-o", "m.weights.safetensors"], "usage/output-is-input"],
  ["run, over its picture", ["run", "m.json", "in.png", "-o", "in.png"], "usage/output-is-input"],
  ["run, into a folder that is not there", ["run", "m.json", "in.png", "-o", "none/out.png"], "io/cannot-write"],
])("%s", async (_what, argv, code) => {
  const before = readFileSync(at("m.json"));
  const paths = argv.map((word) => (/\.|\//.test(word) ? at(word) : word));
  const { code: exit, stdout, stderr } = await runCaptured(paths, COMMANDS);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
  // Nothing but the error: no note of a comparison, no warning from the compile.
  expect(stderr).toMatch(new RegExp(`^error\\[${code}\\]`));
  expect(readFileSync(at("m.json"))).toEqual(before);
});
