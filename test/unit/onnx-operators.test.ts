/** Nodes that stay as they are, with the reason that the user is told; patterns of several nodes. */
import { describe, expect, it } from "vitest";
import { ONNX_OPERATORS } from "../../src/frontends/onnx/operators/index.js";
import type { Node } from "../../src/ir/graph.js";
import { LARGEST_FLOAT32 } from "../../src/ir/ops/activations.js";
import { constant, int, integers } from "../property/onnx-operators/draw.js";
import { graphOf, type NodeCase, nodeOf } from "../property/onnx-operators/node-case.js";
import { FIXED, LEFT, type Left, OPEN } from "./onnx-operators/left.js";

const caseOf = ({ op, opset = 19, inputs, attributes = {}, outputs = ["y"] }: Omit<Left, "reason">): NodeCase => ({
  op,
  opset: op === "Gelu" ? 20 : opset,
  inputs,
  attributes,
  outputs,
  seed: 1,
});

it.each(LEFT)("$op is left: $reason", async ({ reason, ...rest }) => {
  const each = caseOf(rest);
  const node = await nodeOf(each);
  expect(() => graphOf(each, node)).toThrow(expect.objectContaining({ name: "NotRead", message: reason }));
});

it("names that every object has are no operators", () => {
  expect(ONNX_OPERATORS.constructor).toBeUndefined();
  expect(ONNX_OPERATORS.toString).toBeUndefined();
});

describe("what a node becomes", () => {
  const nodesOf = async (each: Omit<Left, "reason">): Promise<readonly Node[]> => {
    const made = caseOf(each);
    return graphOf(made, await nodeOf(made)).nodes;
  };

  it.each([
    ["Relu", []],
    ["Mul", [constant([], [1])]],
    ["Add", [constant([1], [0])]],
    ["Identity", []],
    ["Pad", [integers([0, 0, 0, 0, 0, 0, 0, 0])]],
  ] as const)("%s is one node", async (op, more) => {
    expect(await nodesOf({ op, inputs: [OPEN, ...more] })).toHaveLength(1);
  });

  it("a bound that Clip leaves out is that of float32", async () => {
    const [node] = await nodesOf({ op: "Clip", inputs: [OPEN, constant([], [0])] });
    expect(node!.attributes).toEqual({ fn: "clamp", min: 0, max: LARGEST_FLOAT32 });
  });

  it("what nobody reads of a Split is not made", async () => {
    const nodes = await nodesOf({
      op: "Split",
      opset: 11,
      inputs: [OPEN],
      attributes: { axis: int(1) },
      outputs: ["", "b"],
    });
    expect(nodes.map(({ name }) => name)).toEqual(["b"]);
  });

  it("a Concat of one value is that value", async () => {
    const [node] = await nodesOf({ op: "Concat", inputs: [OPEN], attributes: { axis: int(1) } });
    expect(node).toMatchObject({ op: "affine", attributes: { scale: 1, shift: 0 } });
  });

  it("a constant for each channel is no picture", async () => {
    const kinds = async (op: string, size: readonly number[]) =>
      (await nodesOf({ op, inputs: [FIXED, constant(size)] })).map((node) => node.op);
    expect(await kinds("Add", [4, 1, 1])).toEqual(["channel_bias"]);
    expect(await kinds("Mul", [1, 4, 1, 1])).toEqual(["channel_scale"]);
    expect(await kinds("Add", [6])).toEqual(["add"]);
  });
});
