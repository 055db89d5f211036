/** Whatever JSON is given to flags that take a file of it: an answer or an error of smxc, never a defect. */
import { copyFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured([...argv, "--json"], COMMANDS);

beforeAll(async () => {
  copyFileSync(fixture("oracle", "nsr-x2", "checkpoint.pt"), at("net.pt"));
  await run("import", at("net.pt"), "-o", at("net.json"));
});
afterAll(folder.remove);

const keys = fc.constantFrom(
  "mean",
  "frames",
  "patch",
  "scale",
  "beta.body.0",
  "beta.body.1.body.0",
  "x",
  "__proto__",
  "",
);
const json = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.dictionary(keys, fc.jsonValue({ maxDepth: 3 })));

it("--config and --beta", { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(json, async (value) => {
      writeFileSync(at("flag.json"), JSON.stringify(value));
      for (const argv of [
        ["import", at("net.pt"), "-o", at("out.json"), "--config", at("flag.json")],
        [
          "compile",
          at("net.json"),
          "-o",
          at("out.onnx"),
          "--no-verify",
          "--routing",
          "fold",
          "--beta",
          at("flag.json"),
        ],
      ]) {
        const { code, stdout } = await run(...argv);
        expect([argv[0], [0, 1, 2].includes(code)]).toEqual([argv[0], true]);
        const { errors = [] } = JSON.parse(stdout) as { readonly errors?: readonly { readonly message: string }[] };
        for (const { message } of errors) expect(message).toMatch(/\w{2}/);
        expect(errors.length > 0).toBe(code !== 0);
      }
    }),
    { numRuns: Number(process.env.SMXC_CASES ?? 12) },
  ),
);
