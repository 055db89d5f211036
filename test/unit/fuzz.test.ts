/** The fuzzers run on what the build made, apart from the tests: here only that they begin, and that their table is whole. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runNode } from "../support/cli.js";

const SCRIPT = fileURLToPath(new URL("../../scripts/fuzz.mjs", import.meta.url));

it("without a target, all are listed", async () => {
  const { code, stdout } = await runNode([SCRIPT], ".");
  const targets = readdirSync(new URL("../../scripts/fuzz/targets", import.meta.url)).filter(
    (file) => file !== "index.mjs",
  );
  const listed = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(/\s/)[0]!);
  expect({ code, listed: listed.toSorted() }).toEqual({
    code: 0,
    listed: targets.map((file) => file.replace(".mjs", "")).toSorted(),
  });
});
