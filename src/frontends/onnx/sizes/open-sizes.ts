/** A graph that was exported for one height or width, for any: a proof, node by node, of what its sizes stand for. */

import { freshName } from "../../../base/fresh-name.js";
import { symbol } from "../../../ir/dim.js";
import type { GraphProto, ModelWithGraph, ValueInfoProto } from "../../../onnx/graph/records.js";
import { inferModel } from "../../../onnx/infer/infer-model.js";
import { SmallValue } from "../../../onnx/infer/small-value.js";
import { type Dimension, withDims } from "../../../onnx/rewrite/with-dims.js";
import type { SchemaRegistry } from "../../../onnx/schemas/registry.js";
import { behindTurns } from "../batch/known-sizes.js";
import { MISFIT } from "../reading.js";
import { type Extent, type Extents, extentText, fixed, isOpen, open, wordsOf } from "./extent.js";
import { SizeProver, type SizeRefusal } from "./size-prover.js";
import { withOpenedSizes } from "./with-opened-sizes.js";

export type Side = "height" | "width";

export interface OpenedSizes {
  readonly model: ModelWithGraph;
  /** The names of the sizes that were opened. */
  readonly symbols: ReadonlyMap<Side, string>;
  /** Values whose shapes depend on what was opened, in the order in which they are computed. */
  readonly followed: ReadonlySet<string>;
}

/** Opens the height, the width or both of the main input, whose axes they are the last two of. */
export function openSizes(
  model: ModelWithGraph,
  schemas: SchemaRegistry,
  sides: readonly Side[],
): OpenedSizes | SizeRefusal {
  const { graph } = model;
  const main = mainInput(graph);
  if (main === undefined) return { node: graph.input[0]?.name ?? "", reason: "it has no height and width" };
  const taken = symbolsIn(graph);
  const symbols = new Map(sides.map((side) => [side, freshName(side, taken)] as const));
  const pins = pinned(graph);
  const inputs = new Map<string, Extents>();
  for (const info of graph.input) {
    const dims = info.type?.tensor_type?.shape?.dim;
    if (dims === undefined) continue;
    const shape = dims.map((dim, axis) => {
      const side = info === main ? sideOf(axis, dims.length) : undefined;
      const opened = side === undefined ? undefined : symbols.get(side);
      const exported = sizeOf(dim) ?? pins.get(dim.dim_param ?? "") ?? UNKNOWN;
      if (opened !== undefined) return open(exported, symbol(opened));
      return sizeOf(dim) === undefined
        ? open(exported, symbol(dim.dim_param || `${info.name}[${axis}]`))
        : fixed(exported);
    });
    if (shape.some(({ factors }) => typeof factors[0]!.dim !== "number")) inputs.set(info.name ?? "", shape);
  }
  const prover = proven({ ...model, graph: withPins(graph, pins) }, schemas, inputs);
  if (prover.refusal !== undefined) return prover.refusal;
  const opened = withOpenedSizes(model, prover, schemas);
  if (!("model" in opened)) return opened;
  const names = new Set(symbols.values());
  const depends = (size: Extent): boolean => isOpen(size) && wordsOf(extentText(size)).some((name) => names.has(name));
  const followed = [...prover.shapes].flatMap(([name, shape]) => (shape.some(depends) ? [name] : []));
  return { ...opened, symbols, followed: new Set(followed) };
}

/** The first input that callers have to give and that has a height and a width. */
export function mainInput(graph: GraphProto): ValueInfoProto | undefined {
  const defaults = new Set(graph.initializer.map(({ name }) => name));
  const first = graph.input.find(({ name }) => !defaults.has(name));
  return (first?.type?.tensor_type?.shape?.dim.length ?? 0) >= 4 ? first : undefined;
}

function sideOf(axis: number, rank: number): Side | undefined {
  return axis === rank - 2 ? "height" : axis === rank - 1 ? "width" : undefined;
}

function proven(model: ModelWithGraph, schemas: SchemaRegistry, inputs: ReadonlyMap<string, Extents>): SizeProver {
  const { graph } = model;
  const prover = new SizeProver(model, inputs);
  const positions = new Map(graph.node.map((node, index) => [node, index]));
  // What a caller may give is no constant, whatever its default.
  const given = new Set(graph.input.map(({ name }) => name));
  const turned = behindTurns(graph);
  inferModel(model, schemas, {
    estimates: true,
    listener: {
      visited: (node, _, __, typeOf, known, fits) => {
        const index = positions.get(node);
        if (index === undefined || prover.refusal !== undefined) return;
        if (!fits) {
          prover.refusal = { node: node.name || node.output[0]!, reason: MISFIT };
          return;
        }
        prover.prove(node, index, {
          typeOf: (name) => (turned.has(name) ? null : typeOf(name)),
          numbersOf: (name) => {
            const constant = given.has(name) || turned.has(name) ? null : known.constant(name);
            return constant === null ? undefined : SmallValue.from(constant)?.data;
          },
        });
      },
    },
  });
  return prover;
}

/** Stands for a size that has no name. */
const UNKNOWN = 11;
/** Stand for sizes that the source leaves open, in turn: the first mostly is the batch; others may have to be multiples. */
const PINS = [7, 96, 144, 240, 336];

/** A number for each name of an open size: what is open already is followed like what is opened. */
function pinned(graph: GraphProto): ReadonlyMap<string, number> {
  const names = new Set(
    graph.input.flatMap(({ type }) =>
      (type?.tensor_type?.shape?.dim ?? []).flatMap((dim) => (sizeOf(dim) === undefined ? [dim.dim_param ?? ""] : [])),
    ),
  );
  return new Map([...names].map((name, index) => [name, PINS[index % PINS.length]!]));
}

/** The graph as it was exported, with numbers for open sizes. */
function withPins(graph: GraphProto, pins: ReadonlyMap<string, number>): GraphProto {
  if (pins.size === 0) return graph;
  const isOpen = ({ type }: ValueInfoProto): boolean =>
    (type?.tensor_type?.shape?.dim ?? []).some((dim) => sizeOf(dim) === undefined);
  const numbered = (info: ValueInfoProto): ValueInfoProto =>
    withDims(info, (dim) =>
      sizeOf(dim) === undefined
        ? { ...dim, dim_param: undefined, dim_value: pins.get(dim.dim_param ?? "") ?? UNKNOWN }
        : dim,
    );
  return {
    ...graph,
    input: graph.input.map(numbered),
    output: graph.output.map((info) => withDims(info, (dim) => ({ ...dim, dim_param: undefined }))),
    value_info: graph.value_info.filter((info) => !isOpen(info)),
  };
}

function sizeOf({ dim_value }: Dimension): number | undefined {
  const size = Number(dim_value ?? 0);
  return size >= 1 ? size : undefined;
}

function symbolsIn(graph: GraphProto): Set<string> {
  const infos = [...graph.input, ...graph.output, ...graph.value_info];
  return new Set(
    infos.flatMap(({ type }) => (type?.tensor_type?.shape?.dim ?? []).map(({ dim_param = "" }) => dim_param)),
  );
}
