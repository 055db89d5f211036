/** What any ONNX file is made of, for people: layers, work, memory, where it runs. */
import { METADATA_KEY, readMetadata } from "../../metadata.js";
import type { DecodedModel } from "../../onnx/decode.js";
import type { ModelProto, NodeProto } from "../../onnx/graph/records.js";
import type { TypeInfo } from "../../onnx/infer/type-info.js";
import { withOpenSizes } from "../../onnx/open-sizes.js";
import { valueOrigins } from "../../onnx/providers/value-origins.js";
import type { SchemaRegistry } from "../../onnx/schemas/registry.js";
import { type DeclaredValue, signatureOf } from "../../onnx/signature.js";
import { figureText, plus, sum } from "../../onnx/work/figures.js";
import { type PeakMemory, peakMemory } from "../../onnx/work/memory.js";
import { flattened, type Site, sitesOf } from "../../onnx/work/sites.js";
import { weightsOf, weightsOfFunction } from "../../onnx/work/weights.js";
import { Calls, type Inside } from "./calls.js";
import { coverageOf, type DomainCoverage, operatorOf, opsetsOf, type ProviderCoverage } from "./coverage.js";
import { type OnnxLayer, type Survey, survey } from "./layers.js";
import { measuredInputs } from "./measure.js";
import { kernelNodes } from "./routing.js";

export interface OnnxSummary {
  readonly name: string;
  readonly producer: string;
  readonly irVersion: number;
  readonly opsets: readonly DomainCoverage[];
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  /** In order; of a graph that smxc made one row per layer of its document, else one per node. */
  readonly layers: readonly OnnxLayer[];
  /** Nodes that have no row: constants, and arithmetic on sizes. */
  readonly unlistedNodes: number;
  /** Nodes of the graph, of the graphs inside it and of the functions it calls, by operator, most first. */
  readonly operators: readonly { readonly op: string; readonly count: number }[];
  readonly nodes: number;
  readonly parameters: number;
  /** Multiply-accumulates at the measured size. */
  readonly macs: number;
  /** Nodes whose multiply-accumulates are not in `macs`. */
  readonly uncounted: number;
  /** Of all tensors in the file or beside it. */
  readonly weightBytes: number;
  /** Largest sum of activations that are needed at one time at the measured size, when nodes run in order. */
  readonly peakBytes: number;
  /** Values that are not in `peakBytes`, since their sizes are not known. */
  readonly unknownActivations: number;
  /** Share of the MACs that make kernels; null where the kernels are constants, or it is not known. */
  readonly routingShare: number | null;
  /** The sizes at which work and memory were counted, per input. */
  readonly measuredAt: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
  readonly providers: readonly ProviderCoverage[];
  /** What the figures leave out. */
  readonly notes: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * @param shape sizes of the first input, at which the work is counted
 * @throws SmxcError where the shape does not fit the input
 */
export function summariseOnnx(
  { message }: DecodedModel,
  schemas: SchemaRegistry,
  shape: readonly number[] = [],
): OnnxSummary {
  const model = withOpenSizes(message);
  const calls = new Calls(model, schemas);
  const followed = calls.followed();
  const measured = measuredInputs(model, shape);
  const symbolic = sitesOf(followed, schemas, { estimates: true });
  const sites = sitesOf(followed, schemas, { estimates: true, inputs: measured.types });
  // The same nodes in the same order; those of functions are copies of their own each time.
  const [all, withSymbols] = [flattened(sites), flattened(symbolic)];
  const isClosed = ({ schema, inner, node }: Site): boolean =>
    schema === null && inner.length === 0 && calls.isCall(node);
  const closed = all.filter(isClosed);
  const inside = calls.inside(closed.map(({ node }) => node));
  const origins = valueOrigins(model);
  const weights = weightsOf(message);
  const held = [weights, ...message.functions.map(({ node }) => weightsOfFunction(node))].flatMap((each) => [
    ...each.values(),
  ]);
  const { inputs, outputs, metadata } = signatureOf(model);
  const hasLayers = metadata.has(METADATA_KEY) && readMetadata(metadata)?.from === undefined;
  const surveyed = survey(sites, {
    symbolic: new Map(all.map((site, i) => [site.node, withSymbols[i]?.outputs ?? site.outputs])),
    weights,
    isAside: ({ node }) => isAside(node, origins.get(node)),
    isClosed,
    nameOf: hasLayers ? layerName : nodeName,
    groups: hasLayers,
  });
  const memory = peakMemory(model, sites, inputTypes(model, measured.types), (node, name) => {
    const own = origins.get(node);
    return node.op_type === "Constant" || own?.constant(name) != null || own?.isDequantized(name) === true;
  });
  return {
    name: model.graph?.name ?? "",
    producer: [model.producer_name, model.producer_version].filter(Boolean).join(" "),
    irVersion: Number(model.ir_version ?? 0),
    opsets: opsetsOf(model.opset_import, sites),
    inputs,
    outputs: withInferredShapes(outputs, symbolic),
    layers: surveyed.layers,
    unlistedNodes: surveyed.unlisted,
    operators: operatorCounts(all, inside),
    nodes: plus(all.length, inside.nodes),
    parameters: sum(held.map((each) => (each.isParameter ? each.elements : 0))),
    macs: surveyed.macs,
    uncounted: surveyed.uncounted + closed.length,
    weightBytes: sum(held.map(({ bytes }) => bytes)),
    peakBytes: memory.bytes,
    unknownActivations: memory.unknown,
    routingShare: routingShare(model, symbolic, surveyed, origins),
    measuredAt: measured.shapes,
    providers: coverageOf(symbolic, (node) => origins.get(node) ?? null),
    notes: notesOf(surveyed, memory, all, { calls: closed.length, nodes: inside.nodes }),
    metadata,
  };
}

/** What follows of the outputs that are declared without a shape. */
function withInferredShapes(outputs: readonly DeclaredValue[], sites: readonly Site[]): readonly DeclaredValue[] {
  const inferred = new Map(
    sites.flatMap(({ node, outputs: types }) => node.output.map((name, o) => [name, types[o] ?? null] as const)),
  );
  return outputs.map((output) => {
    const type = inferred.get(output.name) ?? null;
    const shape = type?.kind === "tensor" ? type.shape : null;
    return output.shape === undefined && shape !== null ? { ...output, shape } : output;
  });
}

type Origins = ReturnType<typeof valueOrigins>;

function isAside({ op_type, output }: NodeProto, origins: ReturnType<Origins["get"]>): boolean {
  if (op_type === "Constant") return true;
  return origins !== undefined && output.every((name) => origins.constant(name) !== null || origins.isSize(name));
}

/** Nodes that smxc emits begin with the name of their layer. */
function layerName({ node }: Site): string {
  return (node.name ?? "").split(/[/:#]/)[0]!;
}

function nodeName({ node }: Site, index: number): string {
  return node.name || node.output.find((name) => name !== "") || `${node.op_type} ${index}`;
}

function inputTypes(model: ModelProto, types: readonly TypeInfo[]): ReadonlyMap<string, TypeInfo> {
  return new Map(model.graph?.input.map(({ name = "" }, i) => [name, types[i]!]));
}

function operatorCounts(all: readonly Site[], inside: Inside): OnnxSummary["operators"] {
  const counts = new Map(inside.operators);
  for (const { node } of all) counts.set(operatorOf(node), plus(counts.get(operatorOf(node)) ?? 0, 1));
  const rows = [...counts].map(([op, count]) => ({ op, count }));
  return rows.sort((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1));
}

function routingShare(
  model: ModelProto,
  symbolic: readonly Site[],
  { macs, macsByNode }: Survey,
  origins: Origins,
): number | null {
  const batch = new Set<string>();
  for (const { type } of model.graph?.input ?? []) {
    const symbol = type?.tensor_type?.shape?.dim[0]?.dim_param;
    if (symbol) batch.add(symbol);
  }
  const kernels = kernelNodes(symbolic, batch, (node, name) => origins.get(node)?.constant(name) != null);
  if (kernels.size === 0 || macs === 0) return null;
  const making = sum([...kernels].map((node) => macsByNode.get(node) ?? 0));
  return making === 0 ? null : making / macs;
}

interface ClosedCalls {
  /** Calls of functions that are not looked into. */
  readonly calls: number;
  /** In them. */
  readonly nodes: number;
}

const MOST_NAMES = 3;

function notesOf(
  { uncounted, openLoops }: Survey,
  memory: PeakMemory,
  all: readonly Site[],
  closed: ClosedCalls,
): readonly string[] {
  const foreign = all.filter(({ schema, inner }) => schema === null && inner.length === 0).length - closed.calls;
  const more = openLoops.length > MOST_NAMES ? `, and ${openLoops.length - MOST_NAMES} more` : "";
  const loops = openLoops.slice(0, MOST_NAMES).map(cut).join(", ") + more;
  return [
    uncounted > 0 ? `not counted: the MACs of ${plural(uncounted, "node")} whose sizes are not known` : "",
    openLoops.length > 0
      ? `only one iteration of ${loops} is counted, because the number of iterations is not known`
      : "",
    foreign > 0 ? `not counted: ${plural(foreign, "node")} of operators that ONNX does not define` : "",
    closed.calls > 0
      ? `not counted: the MACs of ${plural(closed.calls, "call")} of functions that hold ${plural(closed.nodes, "node")} in total`
      : "",
    memory.unknown > 0
      ? `not counted in the memory: ${plural(memory.unknown, "activation")} whose sizes are not known`
      : "",
  ].filter((note) => note !== "");
}

const MOST_CHARACTERS = 100;

function cut(name: string): string {
  return name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS)}…` : name;
}

function plural(count: number, word: string): string {
  return `${figureText(count)} ${word}${count === 1 ? "" : "s"}`;
}
