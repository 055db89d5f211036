import { expect, it } from "vitest";
import { nearest } from "../../src/nearest.js";

it.each([
  ["rleu", ["add", "relu", "gelu"], "relu"],
  ["body.1.body0.weight_v", ["body.1.body.0.weight_v", "body.1.body.2.weight_v"], "body.1.body.0.weight_v"],
  ["kernel_size", ["in", "kernel", "stride"], "kernel"],
  ["padding", ["in", "pad"], "pad"],
  ["conv", ["convolution", "concatenation"], "convolution"],
  ["xyzzy", ["in", "pad"], undefined],
  ["inner", ["in"], undefined],
  ["anything", [], undefined],
] as const)("%s among %j means %s", (name, candidates, meant) => {
  expect(nearest(name, candidates)).toBe(meant);
});
