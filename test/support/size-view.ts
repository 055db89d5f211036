/** What the table of sizes sees of a node, without a graph around it. */
import { type Extents, fixed, open } from "../../src/frontends/onnx/sizes/extent.js";
import type { SizeView } from "../../src/frontends/onnx/sizes/size-row.js";
import { symbol } from "../../src/ir/dim.js";
import type { AttributeValue } from "../../src/onnx/graph/build.js";
import { line } from "./onnx-graphs.js";

export const [H, W] = [open(8, symbol("height")), open(8, symbol("width"))];
export const PICTURE = [fixed(1), fixed(4), H, W];

/** What an input is: a shape, or integers of a constant. */
export type Input = { readonly shape: Extents } | { readonly is: readonly number[] };

export const shape = (of: Extents): Input => ({ shape: of });
export const is = (...numbers: number[]): Input => ({ is: numbers });

export function viewOf(
  text: string,
  attributes: Readonly<Record<string, AttributeValue>>,
  inputs: readonly Input[],
): SizeView {
  const node = line(text, attributes);
  const integers = (index: number) => {
    const input = inputs[index];
    return input !== undefined && "is" in input ? input.is : undefined;
  };
  return {
    node,
    opset: 18,
    has: (index) => (node.input[index] ?? "") !== "",
    readers: () => [],
    shape(index) {
      const input = inputs[index]!;
      return "shape" in input ? input.shape : [fixed(input.is.length)];
    },
    exported: () => [1, 4, 8, 8],
    integers,
    computed: () => undefined,
    number: (index) => integers(index)?.[0],
  };
}
