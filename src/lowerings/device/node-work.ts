/** What one node of an emitted graph asks of a device: counted from its operands' sizes, whatever the device is. */
import type { NodeProto } from "../../onnx/graph/records.js";
import { TILE } from "../targets.js";

/** A value of the graph, all of whose sizes are known. */
export interface DeviceValue {
  readonly dims: readonly number[];
  /** Of the whole value. */
  readonly bytes: number;
  /** Made of integers on the host, before the device sees it. */
  readonly host: boolean;
}

export interface NodeWork {
  /** Bytes that the node reads and writes. */
  readonly bytes: number;
  /** Multiply-accumulates that the operator asks for. */
  readonly macs: number;
  /** What they take in a product of whole tiles: more than `macs` where tiles are not full. */
  readonly tiled: number;
  /** Multiply-accumulates of kernels without tiles, which read their operands again for each element. */
  readonly untiled: number;
}

/** Operators that hand on their input's memory under another shape: nothing runs. */
export const VIEWS: ReadonlySet<string> = new Set(["Reshape", "Unsqueeze", "Squeeze", "Flatten", "Identity"]);

type Multiply = (
  node: NodeProto,
  inputs: readonly (DeviceValue | undefined)[],
  output: DeviceValue,
) => Omit<NodeWork, "bytes">;

/** @param inputs undefined where an operand is absent */
export function nodeWork(
  node: NodeProto,
  inputs: readonly (DeviceValue | undefined)[],
  outputs: readonly DeviceValue[],
): NodeWork {
  const written = sum(outputs.map(({ bytes }) => bytes));
  const whole = (): number => sum(inputs.map((input) => (input === undefined || input.host ? 0 : input.bytes)));
  const read = READS.get(node.op_type!)?.(written, inputs) ?? whole();
  const work = MULTIPLIES.get(node.op_type!)?.(node, inputs, outputs[0]!) ?? { macs: 0, tiled: 0, untiled: 0 };
  return { bytes: read + written, ...work };
}

type Reads = (written: number, inputs: readonly (DeviceValue | undefined)[]) => number;

/** Operators that read of a value only what they give, and the indices of Gather, which are on the device. */
const READS: ReadonlyMap<string, Reads> = new Map([
  ["Slice", (written) => written],
  ["Gather", (written, inputs) => written + inputs[1]!.bytes],
]);

const convolution: Multiply = (node, inputs, output) => {
  const macs = elements(output.dims) * elements(inputs[1]!.dims.slice(1));
  const group = Number(node.attribute.find(({ name }) => name === "group")?.i ?? 1);
  return group === 1 ? { macs, tiled: macs, untiled: 0 } : { macs, tiled: 0, untiled: macs };
};

const matrices: Multiply = (_, inputs, output) => {
  const inner = inputs[0]!.dims.at(-1)!;
  const [rows, columns] = output.dims.slice(-2) as [number, number];
  const macs = elements(output.dims) * inner;
  const full = (size: number): number => (Math.ceil(size / TILE) * TILE) / size;
  return { macs, tiled: macs * full(rows) * full(columns), untiled: 0 };
};

/** One for each combination of subscripts. */
const einsum: Multiply = (node, inputs) => {
  const equation = new TextDecoder().decode(node.attribute.find(({ name }) => name === "equation")!.s!.bytes!);
  const sizes = new Map<string, number>();
  for (const [i, term] of equation.split("->")[0]!.split(",").entries()) {
    for (const [axis, letter] of [...term.trim()].entries()) sizes.set(letter, inputs[i]!.dims[axis]!);
  }
  const macs = elements([...sizes.values()]);
  return { macs, tiled: 0, untiled: macs };
};

const MULTIPLIES: ReadonlyMap<string, Multiply> = new Map([
  ["Conv", convolution],
  ["MatMul", matrices],
  ["Gemm", matrices],
  ["Einsum", einsum],
]);

export function elements(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
