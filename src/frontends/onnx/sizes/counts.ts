/** Numbers that count the exported picture's places, such as the divisor of a mean that is taken by hand. */
import type { NodeProto } from "../../../onnx/graph/records.js";
import { NotRead } from "../reading.js";
import { type Extents, extentText, isOpen } from "./extent.js";

/** A constant is a float32 that was computed of the count. */
const CLOSE = 1e-6;
const SCALES: ReadonlySet<string> = new Set(["Mul", "Div"]);
/** Operators that make something else of a sum: what follows is not scaled by how many places there were. */
const FORGETS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum"]);

/** How many places were summed up on the way to a value. */
export class Counts {
  private readonly of = new Map<string, ReadonlySet<number>>();

  /** @throws NotRead where a node scales a sum over the picture by how many places the export had */
  check(node: NodeProto, numberOf: (index: number) => number | undefined): void {
    if (!SCALES.has(node.op_type ?? "")) return;
    const counts = this.read(node);
    for (const index of node.input.keys()) {
      const number = numberOf(index);
      const count = number === undefined ? undefined : counts.find((each) => countsPlaces(number, each));
      if (count !== undefined)
        throw new NotRead(
          `it multiplies a sum over the picture by ${number}, but the export sums over ${count} positions`,
        );
    }
  }

  follow(node: NodeProto, inputs: readonly Extents[], outputs: readonly Extents[]): void {
    if (outputs.some((shape) => shape.some(isOpen))) return;
    const passed = FORGETS.has(node.op_type ?? "") ? [] : this.read(node);
    const summed = summedOver(node, inputs, outputs);
    const counts = new Set([...passed, ...(summed === undefined ? [] : [summed])]);
    if (counts.size > 0) for (const name of node.output) this.of.set(name, counts);
  }

  private read({ input }: NodeProto): readonly number[] {
    return input.flatMap((name) => [...(this.of.get(name) ?? [])]);
  }
}

function summedOver(
  { op_type = "" }: NodeProto,
  inputs: readonly Extents[],
  [output]: readonly Extents[],
): number | undefined {
  const [first] = inputs;
  if (first === undefined || output === undefined) return undefined;
  const count = (shape: Extents): number => shape.reduce((product, { exported }) => product * exported, 1);
  if (first.some(isOpen) && !FORGETS.has(op_type)) return count(first) / count(output);
  const sizes = new Map(
    inputs
      .flat()
      .filter(isOpen)
      .map((size) => [extentText(size), size.exported]),
  );
  return sizes.size === 0 ? undefined : [...sizes.values()].reduce((product, size) => product * size, 1);
}

function countsPlaces(number: number, count: number): boolean {
  const counts = count > 2 ? [count, count - 1, Math.sqrt(count), count / (count - 1)] : [count];
  return counts.some((each) => [each, 1 / each].some((value) => Math.abs(number / value - 1) < CLOSE));
}
