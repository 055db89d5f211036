/** What single operators make of open heights and widths, by the rows of the table alone. */
import { describe, expect, it } from "vitest";
import { extentText, fixed } from "../../src/frontends/onnx/sizes/extent.js";
import { SIZE_ROWS } from "../../src/frontends/onnx/sizes/rows/index.js";
import type { AttributeValue } from "../../src/onnx/graph/build.js";
import { H, type Input, is, PICTURE, shape, viewOf, W } from "../support/size-view.js";

type Attributes = Readonly<Record<string, AttributeValue>>;

const sizes = (...values: readonly (number | typeof H)[]): Input =>
  shape(values.map((value) => (typeof value === "number" ? fixed(value) : value)));
const FAR = 2 ** 31 - 1;

describe("the result of", () => {
  it.each<readonly [string, Attributes, readonly Input[], readonly string[]]>([
    ["y = Transpose x", {}, [shape(PICTURE)], ["width", "height", "4", "1"]],
    ["y = Transpose x", { perm: { ints: [0, 2, 3, 1] } }, [shape(PICTURE)], ["1", "height", "width", "4"]],
    ["y = Squeeze x a", {}, [shape(PICTURE), is(-4)], ["4", "height", "width"]],
    ["y = Squeeze x", {}, [shape(PICTURE)], ["4", "height", "width"]],
    ["y = Unsqueeze x a", {}, [sizes(4, H, W), is(0)], ["1", "4", "height", "width"]],
    ["y = Flatten x", {}, [sizes(2, 4, H)], ["2", "4*height"]],
    ["y = Flatten x", { axis: { i: 4 } }, [shape(PICTURE)], ["4*height*width", "1"]],
    ["y = Concat x x", { axis: { i: 1 } }, [shape(PICTURE), shape(PICTURE)], ["1", "8", "height", "width"]],
    ["y = Concat x z", { axis: { i: -2 } }, [shape(PICTURE), sizes(1, 4, 2, W)], ["1", "4", "height+2", "width"]],
    ["y z = Split x", { axis: { i: 1 } }, [shape(PICTURE)], ["1", "4", "height", "width"]],
    ["y = Gather x i", { axis: { i: 1 } }, [shape(PICTURE), is(3, 1, 2)], ["1", "3", "height", "width"]],
    ["y = Tile x r", {}, [shape(PICTURE), is(1, 1, 2, 1)], ["1", "4", "2*height", "width"]],
    ["y = Pad x p", {}, [shape(PICTURE), is(0, 1, 1, 0, 0, 2, 1, 0)], ["1", "7", "height+2", "width"]],
    ["y = Pad x p - a", {}, [shape(PICTURE), is(1, 1), is(), is(3)], ["1", "4", "height", "width+2"]],
    ["y = ReduceMean x", { axes: { ints: [2, -1] } }, [shape(PICTURE)], ["1", "4", "1", "1"]],
    ["y = ReduceMean x", { axes: { ints: [2] }, keepdims: { i: 0 } }, [shape(PICTURE)], ["1", "4", "width"]],
    ["y = ReduceMean x", {}, [shape(PICTURE)], ["1", "1", "1", "1"]],
    ["y = ReduceMean x a", {}, [shape(PICTURE), is()], ["1", "1", "1", "1"]],
    ["y = ReduceMean x a", { noop_with_empty_axes: { i: 1 } }, [shape(PICTURE), is()], ["1", "4", "height", "width"]],
    ["y = ReduceMean x a", { noop_with_empty_axes: { i: 1 } }, [shape(PICTURE), is(3)], ["1", "4", "height", "1"]],
    ["y = ArgMax x", { axis: { i: 1 } }, [shape(PICTURE)], ["1", "1", "height", "width"]],
    ["y = ArgMax x", { axis: { i: 1 }, keepdims: { i: 0 } }, [shape(PICTURE)], ["1", "height", "width"]],
    ["y = MatMul a b", {}, [sizes(2, 1, H, 6), sizes(3, 6, 5)], ["2", "3", "height", "5"]],
    ["y = Gemm a b c", { transB: { i: 1 } }, [sizes(H, 3), sizes(5, 3), sizes(5)], ["height", "5"]],
    ["y = Gemm a b", { transA: { i: 1 } }, [sizes(3, H), sizes(3, 5)], ["height", "5"]],
    ["y = Einsum a b", { equation: { s: "ab, bc -> ca" } }, [sizes(H, 3), sizes(3, 5)], ["5", "height"]],
    ["y = Slice x b e a", {}, [shape(PICTURE), is(1), is(FAR), is(2)], ["1", "4", "height-1", "width"]],
    ["y = Slice x b e a", {}, [shape(PICTURE), is(0), is(-2), is(-1)], ["1", "4", "height", "width-2"]],
    ["y = Slice x b e a", {}, [shape(PICTURE), is(-3), is(FAR), is(3)], ["1", "4", "height", "3"]],
    ["y = Slice x b e a s", {}, [shape(PICTURE), is(-1), is(-FAR), is(3), is(-1)], ["1", "4", "height", "width"]],
    ["y = Slice x b e", {}, [shape(PICTURE), is(0, 0), is(1, 4)], ["1", "4", "height", "width"]],
  ])("%s %j", (text, attributes, inputs, wanted) => {
    const view = viewOf(text, attributes, inputs);
    const [found] = SIZE_ROWS[view.node.op_type!]!(view).outputs;
    expect(found!.map(extentText)).toEqual(wanted);
  });
});

describe("an input that holds an exported size becomes", () => {
  it.each<readonly [string, readonly Input[], number, readonly number[] | undefined]>([
    ["y = Expand x s", [shape(PICTURE), is(1, 4, 8, 8)], 1, [1, 4, 1, 1]],
    ["y = Expand x s", [shape(PICTURE), is(1, 1, 1, 1)], 1, undefined],
    ["y = Slice x b e a", [shape(PICTURE), is(0), is(8), is(2)], 2, [FAR]],
    ["y = Slice x b e a", [shape(PICTURE), is(0), is(-1), is(2)], 2, undefined],
  ])("%s", (text, inputs, index, wanted) => {
    const view = viewOf(text, {}, inputs);
    expect(SIZE_ROWS[view.node.op_type!]!(view).inputs?.get(index)).toEqual(wanted);
  });
});

describe("refused is", () => {
  it.each<readonly [string, Attributes, readonly Input[], RegExp]>([
    ["y = Squeeze x a", {}, [shape(PICTURE), is(2)], /^it removes an axis of size height/],
    ["y = Split x", { axis: { i: 3 } }, [shape(PICTURE)], /^it splits an axis of size width/],
    [
      "y = Gather x i",
      { axis: { i: 2 } },
      [shape(PICTURE), is(0)],
      /^it selects positions along an axis of size height/,
    ],
    ["y = Tile x r", {}, [shape(PICTURE), is(1, 2)], /^its repeats are not constant$/],
    ["y = Expand x s", {}, [shape(PICTURE), sizes(4)], /^its shape is not constant$/],
    ["y = Expand x s", {}, [shape(PICTURE), is(1, 4, 16, 8)], /^it repeats an axis of size height/],
    ["y = Pad x p", {}, [shape(PICTURE), sizes(8)], /^its pads are not constant$/],
    ["y = Pad x p", {}, [shape(PICTURE), is(0, 0, 0, 1, 0, 0, 0, 0)], /^it pads an axis of size width/],
    ["y = ReduceMean x a", {}, [shape(PICTURE), sizes(2)], /^its axes are not constant$/],
    ["y = ArgMax x", { axis: { i: 2 } }, [shape(PICTURE)], /^it returns positions along an axis of size height/],
    ["y = MatMul a b", {}, [sizes(3), sizes(3, H)], /^one of its inputs is a vector$/],
    ["y = MatMul a b", {}, [sizes(H, 3), sizes(3)], /^one of its inputs is a vector$/],
    ["y = Einsum a", { equation: { s: "...a->a" } }, [sizes(H, 3)], /^its equation is/],
    ["y = Slice x b e a", {}, [shape(PICTURE), sizes(1), is(1), is(2)], /^its starts are not constant$/],
    ["y = Slice x b e a", {}, [shape(PICTURE), is(1), sizes(1), is(2)], /^its ends are not constant$/],
    ["y = Slice x b e a s", {}, [shape(PICTURE), is(0), is(8), is(2), sizes(1)], /^its steps are not constant$/],
    ["y = Slice x b e a s", {}, [shape(PICTURE), is(-2), is(-FAR), is(2), is(-1)], /^it goes backwards from -2$/],
    ["y = Slice x b e a", {}, [shape(PICTURE), is(-4), is(-1), is(2)], /^it takes positions from -4 to -1$/],
    ["y = Slice x b e a", {}, [shape(PICTURE), is(5), is(FAR), is(2)], /^it starts at 5 on an axis of size height/],
    ["y = Slice x b e a", {}, [shape(PICTURE), is(2), is(FAR), is(2)], /^it starts at 2 on an axis of size height/],
    ["y = Slice x b e a", {}, [shape(PICTURE), is(0), is(7), is(2)], /^it ends at 7 on an axis of size height/],
  ])("%s %j", (text, attributes, inputs, reason) => {
    const view = viewOf(text, attributes, inputs);
    expect(() => SIZE_ROWS[view.node.op_type!]!(view)).toThrow(reason);
  });
});
