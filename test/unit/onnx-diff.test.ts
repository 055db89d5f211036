import { describe, expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { type Change, type DiffResult, type DiffSide, diffModels } from "../../src/onnx/diff/diff.js";
import { encodeModel } from "../../src/onnx/encode.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelProto, NodeProto } from "../../src/onnx/graph/records.js";

const value = (name: string, shape: readonly (number | string)[] = ["N", 3, 8, 8]) =>
  build.valueInfo(name, "FLOAT", shape);
const weight = (name: string, values: readonly number[]) =>
  build.floatTensor(name, "FLOAT", { shape: [values.length], read: async () => Float32Array.from(values) });
const node = (op: string, inputs: readonly string[], output: string, attribute: NodeProto["attribute"] = []) =>
  build.node(op, inputs, [output], { name: `node_${output}`, attribute });

interface Parts {
  readonly prefix?: string;
  readonly values?: readonly number[];
  readonly alpha?: number;
  readonly extra?: boolean;
  readonly shape?: readonly (number | string)[];
  readonly opset?: number;
}

/** x → LeakyRelu → + w → (Relu) → y; inner names carry a prefix. */
function model({ prefix = "", values = [1, 2, 3], alpha = 0.1, extra = false, shape, opset = 17 }: Parts): ModelProto {
  const inner = (name: string): string => `${prefix}${name}`;
  const sum = extra ? inner("sum") : "y";
  const graph = build.graph({
    name: "g",
    node: [
      node("LeakyRelu", ["x"], inner("active"), [build.attribute("alpha", { f: alpha })]),
      node("Add", [inner("active"), inner("w")], sum),
      ...(extra ? [node("Relu", [sum], "y")] : []),
    ],
    initializer: [weight(inner("w"), values)],
    input: [value("x", shape)],
    output: [value("y")],
  });
  return build.model({ ir_version: 8, opset_import: [build.opset(opset)], graph });
}

async function side(parts: Parts): Promise<DiffSide> {
  const bytes = await collect(encodeModel(model(parts)).model);
  return {
    model: await decodeModel(bytesSource("m.onnx", bytes)),
    readExternal: () => Promise.reject(new Error("there is no external data")),
  };
}

async function diff(a: Parts, b: Parts, tolerance = 0): Promise<DiffResult> {
  return diffModels(await side(a), await side(b), tolerance);
}

const said = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ kind, place, message }) => `${kind} ${place}: ${message}`);

describe("diff of two models", () => {
  it("finds nothing between a model and itself", async () => {
    const { changes, weights } = await diff({}, {});
    expect(changes).toEqual([]);
    expect(weights).toEqual({ equal: 1, close: 0, different: 0 });
  });

  it("takes renamed values for what they are", async () => {
    expect((await diff({}, { prefix: "other." })).changes).toEqual([]);
  });

  it.each<[string, Parts, string]>([
    ["an attribute", { alpha: 0.5 }, 'attribute node "node_active": alpha: 0.10000000149011612 became 0.5'],
    ["a weight", { values: [1, 2, 4] }, "weight w: 1 of 3 values differ by up to 1.00e+0"],
    ["a weight's shape", { values: [1, 2] }, "weight w: float [3] became float [2]"],
    [
      "an input's shape",
      { shape: [1, 3, 8, 8] },
      'shape input[0] "x": tensor(float)[N, 3, 8, 8] became tensor(float)[1, 3, 8, 8]',
    ],
    ["the operator set", { opset: 18 }, "model opset_import: ai.onnx 17 became ai.onnx 18"],
    ["a node", { extra: true }, 'node node "node_y": Relu was added'],
  ])("tells a change of %s", async (_, parts, sentence) => {
    expect(said((await diff({}, parts)).changes)).toContain(sentence);
  });

  it("takes weights within the tolerance as equal", async () => {
    const { changes, weights } = await diff({}, { values: [1, 2, 3.0001] }, 1e-3);
    expect(changes).toEqual([]);
    expect(weights.close).toBe(1);
  });

  it("calls NaN different from a number and equal to NaN", async () => {
    expect((await diff({ values: [1, Number.NaN, 3] }, {})).weights.different).toBe(1);
    expect((await diff({ values: [1, Number.NaN, 3] }, { values: [1, Number.NaN, 3] })).weights.equal).toBe(1);
  });
});
