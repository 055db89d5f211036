/**
 * What sizes must be multiples of. A network that halves pictures and joins them with those of before (UNet) runs only where
 * halving leaves no remainder: for others its own Concat or Add fails. With H = 8·(H/8) the sizes that meet there are equal.
 */
import {
  addDims,
  type Dim,
  type Shape,
  type SymbolicDim,
  sameDim,
  scaleDim,
  symbol,
  valueOfDim,
} from "../../ir/dim.js";
import type { GraphProto, NodeProto } from "../../onnx/graph/records.js";
import type { GraphReading } from "./graph-reading.js";
import type { ValueUses } from "./value-uses.js";

/** By the name of a size of the source. */
export type SizeMultiples = ReadonlyMap<string, number>;

/** A size of the source, known to be a multiple. */
export function asMultiple(name: string, multiples: SizeMultiples): Dim {
  const multiple = multiples.get(name) ?? 1;
  return scaleDim(symbol(unitOf(name, multiple), multiple), multiple);
}

function unitOf(name: string, multiple: number): string {
  // What an exporter calls "2*H" need not be twice H: ONNX Runtime takes it for a name.
  const own = /^[\p{L}\p{N}_ .]*$/u.test(name) ? name : `\`${name}\``;
  return multiple === 1 ? own : `(${own}/${multiple})`;
}

/** Reads a graph until nothing follows any more from what it joins. */
export function readWithMultiples(
  graph: GraphProto,
  uses: ValueUses,
  read: (multiples: SizeMultiples) => GraphReading,
): GraphReading {
  let multiples: SizeMultiples = new Map();
  for (;;) {
    const reading = read(multiples);
    const more = impliedBy(graph, uses, reading, multiples);
    if (more === undefined) return reading;
    multiples = more;
  }
}

/** Operators whose operands have one height and width, or fail; where an operand may be 1, that is a number. */
const JOINS: ReadonlySet<string> = new Set(["Add", "Concat", "Div", "Mul", "Sub"]);

/** The shape that a join of pictures gives whenever it gives one; undefined where that is not seen. */
export function shapeOfJoin(
  { op_type = "", attribute }: NodeProto,
  shapes: readonly (Shape | undefined)[],
): Shape | undefined {
  if (!JOINS.has(op_type) || !shapes.every((shape) => shape?.length === 4)) return undefined;
  const pictures = shapes as readonly Shape[];
  const widest = (axis: number): Dim => pictures.map((shape) => shape[axis]!).find((size) => size !== 1) ?? 1;
  const isJoined = op_type === "Concat";
  if (isJoined && Number(attribute.find(({ name }) => name === "axis")?.i ?? 0) !== 1) return undefined;
  const channels = isJoined ? pictures.map((shape) => shape[1]!).reduce(addDims) : widest(1);
  return [widest(0), channels, widest(2), widest(3)];
}

type Equation = readonly [SymbolicDim, SymbolicDim];

function impliedBy(
  graph: GraphProto,
  uses: ValueUses,
  reading: GraphReading,
  multiples: SizeMultiples,
): SizeMultiples | undefined {
  const names = new Map([...sizeNames(graph)].map((name) => [unitOf(name, multiples.get(name) ?? 1), name]));
  const equations = [...equationsOf(graph, uses, reading)];
  const found = new Map(multiples);
  for (const [symbol, name] of names) {
    const multiple = impliedMultiple(symbol, equations);
    if (multiple > 1) found.set(name, (multiples.get(name) ?? 1) * multiple);
  }
  return [...found].every(([name, multiple]) => multiples.get(name) === multiple) ? undefined : found;
}

function* sizeNames({ input }: GraphProto): Iterable<string> {
  for (const { type } of input)
    for (const { dim_param } of type?.tensor_type?.shape?.dim ?? []) if (dim_param) yield dim_param;
}

/** Of joins that are not read, as they would fail for some sizes: what they need to be equal. */
function* equationsOf(graph: GraphProto, uses: ValueUses, { readings, shapes }: GraphReading): Iterable<Equation> {
  const isUsed = (value: string): boolean => uses.shown.has(value) || (uses.readBy.get(value) ?? []).length > 0;
  for (const [index, node] of graph.node.entries()) {
    const operands = node.input.map((name) => shapes.get(name));
    if (readings[index]?.kind !== "left" || !node.output.some(isUsed) || !shapeOfJoin(node, operands)) continue;
    for (const axis of [2, 3]) {
      const [first, ...others] = operands.map((shape) => shape![axis]!).filter((size) => typeof size !== "number");
      for (const other of others) if (!sameDim(first!, other)) yield [first!, other];
    }
  }
}

/** A larger one is no size that networks are made for. */
const LARGEST_PERIOD = 256;

/** What a symbol must be a multiple of for sizes to be equal; 1 where nothing follows. */
export function impliedMultiple(symbol: string, equations: readonly Equation[]): number {
  const own = equations.filter((sides) => sides.every((side) => symbolsOf(side).every((name) => name === symbol)));
  const period = own.flat().map(periodOf).reduce(leastCommonMultiple, 1);
  if (period < 2 || period > LARGEST_PERIOD) return 1;
  const constants = own.flat().map(({ constant }) => Math.abs(constant));
  // Sizes grow by the same from period to period, so that what holds in two of them holds in all.
  const start = period * (16 + Math.max(...constants));
  const holds = Array.from({ length: 2 * period }, (_, n) =>
    own.every(([a, b]) => valueOfDim(a, () => start + n) === valueOfDim(b, () => start + n)),
  );
  const multiple = holds.indexOf(true, 1);
  const follows = multiple > 1 && period % multiple === 0 && holds.every((does, n) => does === (n % multiple === 0));
  return follows ? multiple : 1;
}

function symbolsOf({ terms }: SymbolicDim): readonly string[] {
  return terms.flatMap(({ atom, quotient }) => (quotient ? symbolsOf(quotient.of) : [atom]));
}

function periodOf({ terms }: SymbolicDim): number {
  const periods = terms.map(({ quotient }) => (quotient ? quotient.divisor * periodOf(quotient.of) : 1));
  return periods.reduce(leastCommonMultiple, 1);
}

function leastCommonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return (a * b) / divisor(a, b);
}
