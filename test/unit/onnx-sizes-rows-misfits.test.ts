/**
 * Nodes that do not fit their inputs, where inference does not know all of these and so lets them pass. Found by
 * `scripts/fuzz.mjs raising`.
 */
import { expect, it } from "vitest";
import { NotRead } from "../../src/frontends/onnx/reading.js";
import { fixed } from "../../src/frontends/onnx/sizes/extent.js";
import { SIZE_ROWS } from "../../src/frontends/onnx/sizes/rows/index.js";
import type { AttributeValue } from "../../src/onnx/graph/build.js";
import { type Input, is, PICTURE, shape, viewOf } from "../support/size-view.js";

const KERNEL = [fixed(4), fixed(4), fixed(3)];

it.each<readonly [string, Readonly<Record<string, AttributeValue>>, readonly Input[], RegExp]>([
  ["y = Slice x b e a", {}, [shape(PICTURE), is(0), is(4), is(7)], /^it works along axis 7 of 4$/],
  ["y = Slice x b e a", {}, [shape(PICTURE), is(0), is(4, 4), is(2)], /^its ends are 2, its axes 1$/],
  ["y = Slice x b e", {}, [shape(PICTURE), is(0, 0, 0, 0, 0), is(9, 9, 9, 9, 9)], /^it works along axis 4 of 4$/],
  ["y = Transpose x", { perm: { ints: [0, 1, 2] } }, [shape(PICTURE)], /^its places are 3, its axes 4$/],
  ["y = Transpose x", { perm: { ints: [0, 1, 2, 5] } }, [shape(PICTURE)], /^it works along axis 5 of 4$/],
  ["y = Squeeze x a", {}, [shape(PICTURE), is(-5)], /^it works along axis -5 of 4$/],
  ["y = Flatten x", { axis: { i: 5 } }, [shape(PICTURE)], /^it works along axis 5 of 4$/],
  ["y = Concat x x", { axis: { i: 4 } }, [shape(PICTURE), shape(PICTURE)], /^it works along axis 4 of 4$/],
  [
    "y = Concat x w",
    { axis: { i: 1 } },
    [shape(PICTURE), shape(KERNEL)],
    /^its inputs differ in their number of axes$/,
  ],
  ["y = Pad x p", {}, [shape(PICTURE), is(0, 0, 1, 1)], /^its pairs of pads are 2, its axes 4$/],
  ["y = Resize x - s", {}, [shape(PICTURE), is(), is(1, 1, 2)], /^its scales are 3, its axes 4$/],
  ["y = Resize x - - s", {}, [shape(PICTURE), is(), is(), is(16, 16)], /^its sizes are 2, its axes 4$/],
  ["y = Conv x w", {}, [shape(PICTURE), shape(KERNEL)], /^its sizes of a kernel are 1, its axes 2$/],
  ["y = Gemm x w", {}, [shape(PICTURE), shape(KERNEL)], /^one of its inputs is no matrix$/],
  ["y = Einsum x", { equation: { s: "abc->a" } }, [shape(PICTURE)], /^its letters are 3, its axes 4$/],
])("%s %j is refused with the reason", (text, attributes, inputs, reason) => {
  const view = viewOf(text, attributes, inputs);
  const row = SIZE_ROWS[view.node.op_type!]!;
  expect(() => row(view)).toThrow(NotRead);
  expect(() => row(view)).toThrow(reason);
});
