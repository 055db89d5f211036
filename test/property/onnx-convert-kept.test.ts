/** Operators that no converter writes anew give the same numbers in opset 17: the table of what is unchanged, by runs. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONVERTERS } from "../../src/onnx/convert/converters.js";
import { UNCHANGED } from "../../src/onnx/convert/unchanged.js";
import type { Plain } from "../unit/onnx-support/write-record.js";
import { opset, seed, shape } from "./onnx-convert/arbitraries.js";
import { KEPT, KEPT_SCAN } from "./onnx-convert/kept-nodes.js";
import { floatTensor, int, ints, node, text } from "./onnx-convert/models.js";
import { expectSame, type OneInput } from "./onnx-convert/one-input.js";

const RUNS = { numRuns: 30 };

describe("what stays as it is, from the opset before each change on", () => {
  const operators = Object.keys(UNCHANGED).filter((operator) => !(operator in CONVERTERS));

  it("has a node of each operator", () => {
    expect(Object.keys(KEPT).sort()).toEqual(operators.sort());
  });

  it.each([...Object.entries(KEPT), ["Scan", KEPT_SCAN] as const])("%s", async (operator, kept) => {
    for (const version of UNCHANGED[operator]!) {
      const operators = await expectSame({ dims: [2, 3, 4], ...kept, opset: Math.max(version - 1, 7), seed: 7 });
      expect(operators).toHaveLength(kept.nodes.length);
    }
  });
});

type OneNode = Omit<OneInput, "seed" | "opset" | "nodes"> & { readonly node: Plain };

describe("what stays as it is, with random attributes", () => {
  const CASES: readonly (readonly [name: string, cases: fc.Arbitrary<OneNode>])[] = [
    ["Erf", fc.record({ dims: shape(2), node: fc.constant(node("Erf", ["x"], ["y"])) })],
    [
      "ConvTranspose with paddings that are found out",
      fc.record({
        dims: fc.constant([1, 2, 4, 5]),
        node: fc
          .tuple(
            fc.constantFrom("NOTSET", "SAME_UPPER", "SAME_LOWER"),
            fc.constantFrom(1, 2),
            fc.integer({ min: 0, max: 3 }),
          )
          .map(([auto, stride, cut]) =>
            node(
              "ConvTranspose",
              ["x", "w"],
              ["y"],
              text("auto_pad", auto),
              ints("strides", [stride, 2]),
              auto === "NOTSET" ? ints("output_shape", [3 * stride + 3 - Math.min(cut, 2), 12 - cut]) : null,
            ),
          ),
        initializers: fc.constant([
          floatTensor(
            "w",
            [2, 1, 3, 4],
            Array.from({ length: 24 }, (_, i) => i - 9),
          ),
        ]),
      }),
    ],
    [
      "MaxPool",
      fc.record({
        dims: fc.constantFrom([1, 2, 6, 5]),
        node: fc
          .tuple(fc.constantFrom("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"), fc.integer({ min: 2, max: 3 }))
          .map(([auto, k]) =>
            node(
              "MaxPool",
              ["x"],
              ["y"],
              text("auto_pad", auto),
              ints("kernel_shape", [k, 2]),
              ints("strides", [k, 2]),
            ),
          ),
      }),
    ],
    [
      "AveragePool",
      fc.record({
        dims: fc.constantFrom([1, 2, 6, 5]),
        node: fc
          .tuple(
            fc.constantFrom("SAME_UPPER", "SAME_LOWER", "VALID"),
            fc.constantFrom(0, 1),
            fc.integer({ min: 1, max: 3 }),
          )
          .map(([auto, counts, k]) =>
            node(
              "AveragePool",
              ["x"],
              ["y"],
              text("auto_pad", auto),
              int("count_include_pad", counts),
              ints("kernel_shape", [k, 2]),
            ),
          ),
      }),
    ],
  ];

  it.each(CASES)("%s", async (name, cases) => {
    const oldest = name.startsWith("MaxPool") ? 8 : 9;
    await fc.assert(
      fc.asyncProperty(cases, opset(oldest, 16), seed, async ({ node: kept, ...one }, from, numbers) => {
        expect(await expectSame({ ...one, nodes: [kept], opset: from, seed: numbers })).toHaveLength(1);
      }),
      RUNS,
    );
  });
});
