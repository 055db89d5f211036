import type { GraphProto, ModelProto } from "../graph/records.js";
import { inferModel } from "../infer/infer-model.js";
import { type Dim, isTensor, type TypeInfo, typeInfo } from "../infer/type-info.js";
import { Place, quoted } from "../place.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import type { Report } from "./context.js";

/** Sizes by symbol. */
type Sizes = ReadonlyMap<string, number>;

interface Declared {
  readonly name: string;
  readonly place: Place;
  readonly shape: readonly Dim[];
}

/**
 * Compares declared symbols with what is inferred when sizes stand for the symbols of the inputs: of several, since a
 * symbol may stand for multiples of some number only. What differs for all of them differs for good.
 */
export function checkSymbols(model: ModelProto, schemas: SchemaRegistry, report: Report): void {
  const { graph } = model;
  if (graph === undefined) return;
  const symbols = symbolsOf(graph);
  const declared = declarations(graph, new Set(symbols.keys()));
  if (declared.length === 0) return;
  const tries = TRIES.map((_, t) => sizesBy(t, symbols));
  const inferred = tries.map((sizes) => inferModel(model, schemas, { inputs: inputTypes(graph, sizes) }));
  for (const { name, place, shape } of declared) {
    for (const [d, symbol] of shape.entries()) {
      if (typeof symbol !== "string" || !symbols.has(symbol)) continue;
      const found = inferred.map((types) => sizeOf(types.get(name), d));
      if (
        !differs(
          tries.map((sizes) => sizes.get(symbol)!),
          found,
        )
      )
        continue;
      const what = expression(symbol, tries, found);
      const message = `its dimension ${d} is declared as ${quoted(symbol)}, but is ${what}`;
      report("onnx/strict-symbol", place, message);
    }
  }
}

/** The symbols of the inputs, and whether they are of first dimensions alone, as those of batches are. */
function symbolsOf(graph: GraphProto): ReadonlyMap<string, { isBatch: boolean }> {
  const symbols = new Map<string, { isBatch: boolean }>();
  for (const { type } of graph.input) {
    for (const [d, dim] of shapeOf(typeInfo(type)).entries()) {
      if (typeof dim === "string") symbols.set(dim, { isBatch: d === 0 && (symbols.get(dim)?.isBatch ?? true) });
    }
  }
  return symbols;
}

function declarations(graph: GraphProto, symbols: ReadonlySet<string>): readonly Declared[] {
  const root = Place.root("graph");
  return (["value_info", "output"] as const).flatMap((list) =>
    graph[list].flatMap(({ name = "", type }, i) => {
      const shape = shapeOf(typeInfo(type));
      const isKnown = shape.some((dim) => typeof dim === "string" && symbols.has(dim));
      return isKnown ? [{ name, place: root.item(list, i, name), shape }] : [];
    }),
  );
}

function shapeOf(type: TypeInfo | undefined): readonly Dim[] {
  return type !== undefined && isTensor(type) ? (type.shape ?? []) : [];
}

/** How a symbol's size is chosen; small enough that no product of a few is inexact. */
interface Try {
  readonly batch: number;
  readonly size: number;
}

/** Multiples of what networks divide sizes by (powers of two up to 128, 3, 5, 7), and an odd one. */
const TRIES: readonly Try[] = [
  { batch: 2, size: 128 * 3 * 5 },
  { batch: 4, size: 128 * 3 * 7 },
  { batch: 3, size: 3 * 5 * 7 * 11 },
];

const FACTORS = [1, 3, 5] as const;

/** Neighbours among the symbols get different sizes, whose ratio changes from try to try. */
function sizesBy(t: number, symbols: ReadonlyMap<string, { isBatch: boolean }>): Sizes {
  const { batch, size } = TRIES[t]!;
  return new Map(
    [...symbols].map(([name, { isBatch }], i) => [name, (isBatch ? batch : size) * FACTORS[(i + t) % FACTORS.length]!]),
  );
}

function inputTypes(graph: GraphProto, sizes: Sizes): readonly (TypeInfo | null)[] {
  return graph.input.map(({ type }) => {
    const info = typeInfo(type);
    if (!isTensor(info) || info.shape === null) return null;
    return { ...info, shape: info.shape.map((dim) => (typeof dim === "string" ? (sizes.get(dim) ?? null) : dim)) };
  });
}

function sizeOf(type: TypeInfo | undefined, d: number): number | null {
  const dim = shapeOf(type)[d];
  return typeof dim === "number" ? dim : null;
}

/** At odd sizes some networks do not run at all. */
function differs(expected: readonly number[], found: readonly (number | null)[]): boolean {
  const [first, second] = found;
  return first !== null && second !== null && expected.every((size, t) => found[t] !== size);
}

/** As a linear function of a symbol, its own first, where it is one; otherwise at one size. */
function expression(own: string, tries: readonly Sizes[], found: readonly (number | null)[]): string {
  const others = [...tries[0]!.keys()].filter((symbol) => symbol !== own);
  for (const symbol of [own, ...others]) {
    const text = linear(
      symbol,
      tries.map((sizes) => sizes.get(symbol)!),
      found,
    );
    if (text !== null) return text;
  }
  return `${found[0]} where ${quoted(own)} is ${tries[0]!.get(own)}`;
}

function linear(symbol: string, x: readonly number[], y: readonly (number | null)[]): string | null {
  const slope = (y[1]! - y[0]!) / (x[1]! - x[0]!);
  const constant = y[0]! - slope * x[0]!;
  if (!Number.isInteger(constant) || y.some((size, t) => size !== slope * x[t]! + constant)) return null;
  if (slope === 0) return `${constant}`;
  const offset = constant === 0 ? "" : ` ${constant < 0 ? "-" : "+"} ${Math.abs(constant)}`;
  return quoted(`${multiple(symbol, slope)}${offset}`);
}

function multiple(symbol: string, factor: number): string {
  if (factor === 1) return symbol;
  return factor < 1 && Number.isInteger(1 / factor) ? `${symbol}/${1 / factor}` : `${factor}*${symbol}`;
}
