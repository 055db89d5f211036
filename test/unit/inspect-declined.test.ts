/** What `inspect` tells of rewrites that a network did not get. */
import { expect, it } from "vitest";
import { declinedRewrites } from "../../src/inspect/declined.js";

it("groups what was declined by rule and reason, in the order of the graph, and leaves out what was rewritten", () => {
  const steps = [
    { pass: "merge", node: "a", declined: "open", because: ["a.beta"] },
    { pass: "merge", node: "b" },
    { pass: "fold", node: "a", declined: "padded" },
    { pass: "merge", node: "c", declined: "open", because: ["c.beta"] },
    { pass: "fold", node: "d", declined: "open" },
  ];
  expect(declinedRewrites(steps)).toEqual([
    { rule: "merge", reason: "open", nodes: ["a", "c"] },
    { rule: "fold", reason: "padded", nodes: ["a"] },
    { rule: "fold", reason: "open", nodes: ["d"] },
  ]);
  expect(declinedRewrites([])).toEqual([]);
});
