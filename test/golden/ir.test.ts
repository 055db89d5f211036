/** How documents read as graphs, before any pass. `npx vitest run test/golden -u` writes the files anew. */
import { expect, it } from "vitest";
import { buildGraph } from "../../src/frontends/document/build.js";
import { printGraph } from "../../src/ir/print.js";
import { importOracle, ORACLE_CASES } from "../support/fixtures.js";

const CASES = ["block-hard", "block-merged-own-input", "modulated-conv", "nsr-burst", "nsr-conv-5x5-stride2", "odconv"];

it.each(ORACLE_CASES.filter(({ name }) => CASES.includes(name)))("$name", async (oracle) => {
  const { spec, weights } = await importOracle(oracle);
  await expect(printGraph(buildGraph(spec, weights).graph)).toMatchFileSnapshot(`ir/${oracle.name}.txt`);
});
