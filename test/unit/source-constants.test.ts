/** Which values of a graph no caller and no run can change. */
import { describe, expect, it } from "vitest";
import { SourceConstants } from "../../src/frontends/onnx/source-constants.js";
import * as build from "../../src/onnx/graph/build.js";
import type { GraphProto, NodeProto } from "../../src/onnx/graph/records.js";
import { graphOf, line, modelOf, weights } from "../support/onnx-graphs.js";

const W = weights("w", [2, 3]);

function constantsOf(nodes: readonly (string | NodeProto)[], fields: Partial<GraphProto> = {}, irVersion = 8) {
  const graph = graphOf("x", nodes, "x", { initializer: [W], ...fields });
  return new SourceConstants(modelOf(graph, 17, { ir_version: irVersion }), graph, async () => Float32Array.of(1, 2));
}

describe("stored", () => {
  it("are initializers and the tensors of Constant nodes", async () => {
    const constants = constantsOf([line("k = Constant", { value: { t: weights("", [2]) } })]);
    expect([constants.isStored("w"), constants.isStored("k"), constants.isStored("x")]).toEqual([true, true, false]);
    expect(constants.tensor("k", undefined)?.shape).toEqual([2]);
    expect(await constants.tensor("w", undefined)!.read()).toEqual(await constants.tensor("w", [2, 3])!.read());
  });

  it("are not what callers may override: inputs, since IR version 4", () => {
    const input = [build.valueInfo("x", "FLOAT"), build.valueInfo("w", "FLOAT", [2, 3])];
    expect([3, 4, 8].map((version) => constantsOf([], { input }, version).has("w"))).toEqual([true, false, false]);
    const behind = constantsOf(["a = Abs w"], { input });
    expect(behind.has("a")).toBe(false);
  });

  it("are one tensor for a name, which leads back to it", () => {
    const constants = constantsOf([]);
    const tensor = constants.tensor("w", undefined)!;
    expect(constants.tensor("w", undefined)).toBe(tensor);
    expect(constants.nameOf(tensor)).toBe("w");
    expect(constants.nameOf({ shape: [], read: async () => new Float32Array() })).toBeUndefined();
  });

  it("are no tensors of another type than float32, and none of other domains", () => {
    const integers = build.intTensor("n", [1], [3]);
    const other = { ...line("k = Constant", { value: { t: W } }), domain: "other" };
    const constants = constantsOf([other], { initializer: [integers] });
    expect([constants.has("n"), constants.tensor("n", [1])]).toEqual([true, undefined]);
    expect(constants.has("k")).toBe(false);
  });
});

describe("computed", () => {
  const body = graphOf("i", ["j = Abs w"], "j", { input: [] });

  it.each([
    ["of constants", ["a = Abs w", "b = Add a w"], true],
    ["of an input that is left out", ["b = Clip w - w"], true],
    ["of an input of the graph", ["a = Abs x", "b = Add a w"], false],
    ["at random", ["b = RandomNormalLike w"], false],
    ["as in training", ["b = Dropout w w t"], false],
    ["of nothing", ["b = RandomNormal"], false],
    ["by sub-graphs", [line("b = If w", { then_branch: { g: body }, else_branch: { g: body } })], false],
    ["by another domain", [{ ...line("b = Abs w"), domain: "other" }], false],
  ] as const)("%s", (_, nodes, is) => {
    const constants = constantsOf(nodes);
    expect([constants.has("b"), constants.isStored("b")]).toEqual([is, false]);
  });

  it("is not what a function of the model computes, whatever its name", () => {
    const fn = build.record("FunctionProto", { name: "Abs", domain: "", input: ["x"], output: ["y"] });
    const graph = graphOf("x", ["a = Abs w", "b = Neg w"], "x", { initializer: [W] });
    const constants = new SourceConstants(modelOf(graph, 17, { functions: [fn] }), graph);
    expect([constants.has("a"), constants.has("b")]).toEqual([false, true]);
  });

  it("leaves outputs without a name alone", () => {
    const constants = constantsOf([build.node("Split", ["w"], ["a", ""]), "c = Abs x"]);
    expect([constants.has("a"), constants.has("")]).toEqual([true, false]);
  });

  it("is read where its shape is known and something computes it", async () => {
    const constants = constantsOf(["a = Abs w"]);
    expect(await constants.tensor("a", [2])!.read()).toEqual(Float32Array.of(1, 2));
    expect(constantsOf(["a = Abs w"]).tensor("a", undefined)).toBeUndefined();
    const graph = graphOf("x", ["a = Abs w"], "x", { initializer: [W] });
    expect(new SourceConstants(modelOf(graph), graph).tensor("a", [2])).toBeUndefined();
  });
});
