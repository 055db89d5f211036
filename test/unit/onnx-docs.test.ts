/** docs/reference/onnx.md: its scripts run as they stand, in their order, and say what the page says. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runNode, temporaryFolder } from "../support/cli.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/reference/onnx.md`, "utf8");

const blocks = (language: string): ReadonlyMap<string, string> =>
  new Map(
    [...PAGE.matchAll(new RegExp(`^\`\`\`${language} (\\S+)\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, name, text]) => [
      name!,
      text!,
    ]),
  );

const SCRIPTS = blocks("js");
const OUTPUTS = blocks("text");

const folder = temporaryFolder();

beforeAll(() => {
  mkdirSync(folder.at("node_modules"));
  symlinkSync(ROOT, folder.at("node_modules/smxc"));
  for (const [name, text] of SCRIPTS) writeFileSync(folder.at(name), text);
});
afterAll(folder.remove);

it("has scripts, and what each of them says", () => {
  expect(SCRIPTS.size).toBeGreaterThan(5);
  expect([...OUTPUTS.keys()]).toEqual([...SCRIPTS.keys()]);
});

it("runs, one script after the other", async () => {
  for (const [name] of SCRIPTS) {
    const { code, stdout, stderr } = await runNode([name], folder.path);
    expect({ name, code, stdout, stderr }).toEqual({ name, code: 0, stdout: OUTPUTS.get(name), stderr: "" });
  }
});
