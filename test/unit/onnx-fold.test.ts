/** Small tensors that are followed through nodes: files may name other inputs and attributes than an operator takes. */
import { describe, expect, it } from "vitest";
import * as build from "../../src/onnx/graph/build.js";
import { foldOutput } from "../../src/onnx/infer/fold/fold-output.js";
import { OPERATOR_FOLDS } from "../../src/onnx/infer/fold/operators.js";
import type { SmallTensor } from "../../src/onnx/infer/fold/small-tensor.js";
import type { Shape } from "../../src/onnx/infer/type-info.js";

const INT64 = 7;
const tensor = (dims: readonly number[], data: readonly number[]): SmallTensor => ({ dataType: INT64, dims, data });

const VALUES: ReadonlyMap<string, SmallTensor> = new Map([
  ["two", tensor([2], [5, 7])],
  ["three", tensor([3], [0, 1, 2])],
  ["square", tensor([2, 2], [1, 2, 3, 4])],
  ["one", tensor([], [1])],
  ["ends", tensor([2], [-1, 0])],
  ["far", tensor([1], [2])],
  ["i0", tensor([1], [0])],
  ["i1", tensor([1], [1])],
  ["last", tensor([1], [-1])],
  ["before", tensor([1], [-9])],
]);

type Attributes = Readonly<Record<string, build.AttributeValue>>;

/** @param shape that is declared of the result */
function fold(operator: string, inputs: readonly string[], shape: Shape | null, attributes: Attributes = {}) {
  const attribute = Object.entries(attributes).map(([name, value]) => build.attribute(name, value));
  return foldOutput(
    build.node(operator, inputs, ["y"], { attribute }),
    { type: () => ({ kind: "tensor", elem: INT64, shape }), tensor: (name) => VALUES.get(name) ?? null },
    64,
  );
}

describe.each([...OPERATOR_FOLDS.keys()])("%s", (operator) => {
  it("tells nothing where its first input is left out", () => {
    const shape = operator === "ConstantOfShape" ? null : [2];
    for (const inputs of [[], [""], ["", ""], ["", "two"]]) expect(fold(operator, inputs, shape)).toBeNull();
  });

  it("takes inputs of any sizes, and any attributes", () => {
    const lists = [["two"], ["two", ""], ["two", "three"], ["square", "two"], ["one", "square", "three"], ["three"]];
    const attributes = [{}, { axis: { i: 5 }, perm: { ints: [3, 1] } }, { axis: { i: -7 }, perm: { ints: [0, 0] } }];
    for (const inputs of lists)
      for (const shape of [null, [], [2], [5], [2, 2], [2, 3]])
        for (const each of attributes) {
          const found = fold(operator, inputs, shape, each);
          if (found === null) continue;
          expect(found.data.length).toBe(found.dims.reduce((product, size) => product * size, 1));
          expect([...found.data]).not.toContain(undefined);
          expect([...found.data]).not.toContain(Number.NaN);
        }
  });
});

it.each([
  [["three", "i1", "far"], [1]],
  [
    ["three", "last", "before", "i0", "last"],
    [2, 1, 0],
  ],
  [
    ["three", "before", "last"],
    [0, 1],
  ],
  [["three", "far", "i1"], []],
  [
    ["square", "i1", "far", "last"],
    [2, 4],
  ],
  [
    ["square", "i0", "i1", "i0"],
    [1, 2],
  ],
  [["three", "i0", "last", "i0", "far"], [0]],
] as const)("slices %s to %s", (inputs, data) => {
  expect(fold("Slice", inputs, null)?.data).toEqual(data);
});

it("slices along no axis that is not there, and by no step of zero", () => {
  expect(fold("Slice", ["three", "i0", "i1", "far"], null)).toBeNull();
  expect(fold("Slice", ["three", "i0", "i1", "i0", "i0"], null)).toBeNull();
});

it("gathers from both ends, and nothing that is not there", () => {
  expect(fold("Gather", ["two", "ends"], null)?.data).toEqual([7, 5]);
  expect(fold("Gather", ["square", "last"], null)).toEqual(tensor([1, 2], [3, 4]));
  expect(fold("Gather", ["two", "far"], null)).toBeNull();
  expect(fold("Gather", ["two", "before"], null)).toBeNull();
  expect(fold("Gather", ["two", "one"], null, { axis: { i: 1 } })).toBeNull();
});

it("tells what fits", () => {
  expect(fold("Concat", ["two", "three"], null, { axis: { i: 0 } })?.data).toEqual([5, 7, 0, 1, 2]);
  expect(fold("Concat", ["square", "square"], null, { axis: { i: -1 } })?.data).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
  expect(fold("Gather", ["two", "one"], null)?.data).toEqual([7]);
  expect(fold("Expand", ["two", "three"], [3, 2])?.data).toEqual([5, 7, 5, 7, 5, 7]);
  expect(fold("Transpose", ["square"], null)?.data).toEqual([1, 3, 2, 4]);
  expect(fold("Max", ["two"], null)?.data).toEqual([5, 7]);
  expect(fold("Add", ["two", "one"], null)?.data).toEqual([6, 8]);
});
