/** What an ONNX file, anyone's, is made of, for people: layers, work, memory, where it runs. */
import { METADATA_KEY } from "../../metadata.js";
import type { DecodedModel } from "../../onnx/decode.js";
import type { TypeInfo } from "../../onnx/infer/type-info.js";
import type { ModelProto, NodeProto } from "../../onnx/proto/records.js";
import { valueOrigins } from "../../onnx/providers/value-origins.js";
import type { SchemaRegistry } from "../../onnx/schemas/registry.js";
import { type DeclaredValue, signatureOf } from "../../onnx/signature.js";
import { coverageOf, type DomainCoverage, operatorOf, opsetsOf, type ProviderCoverage } from "./coverage.js";
import { type OnnxLayer, type Survey, survey } from "./layers.js";
import { measuredInputs } from "./measure.js";
import { type PeakMemory, peakMemory } from "./memory.js";
import { kernelNodes } from "./routing.js";
import { flattened, type Site, sitesOf } from "./sites.js";
import { weightsOf, weightsOfFunction } from "./weights.js";

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
  /** Of all tensors in the file or beside it. */
  readonly weightBytes: number;
  /** Largest sum of activations that are needed at one time at the measured size, when nodes run in order. */
  readonly peakBytes: number;
  /** Share of the MACs that make kernels; null where the kernels are constants, or it cannot be told. */
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
  { message: model }: DecodedModel,
  schemas: SchemaRegistry,
  shape: readonly number[] = [],
): OnnxSummary {
  const measured = measuredInputs(model, shape);
  const symbolic = sitesOf(model, schemas, { estimates: true });
  const sites = sitesOf(model, schemas, { estimates: true, inputs: measured.types });
  // The same nodes in the same order; those of functions are copies of their own each time.
  const [all, withSymbols] = [flattened(sites), flattened(symbolic)];
  const origins = valueOrigins(model);
  const weights = weightsOf(model);
  const held = [weights, ...model.functions.map(({ node }) => weightsOfFunction(node))].flatMap((each) => [
    ...each.values(),
  ]);
  const { inputs, outputs, metadata } = signatureOf(model);
  const surveyed = survey(sites, {
    symbolic: new Map(all.map((site, i) => [site.node, withSymbols[i]?.outputs ?? site.outputs])),
    weights,
    isAside: ({ node }) => isAside(node, origins.get(node)),
    nameOf: metadata.has(METADATA_KEY) ? layerName : nodeName,
    groups: metadata.has(METADATA_KEY),
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
    outputs,
    layers: surveyed.layers,
    unlistedNodes: surveyed.unlisted,
    operators: operatorCounts(all),
    nodes: all.length,
    parameters: held.reduce((sum, each) => sum + (each.isParameter ? each.elements : 0), 0),
    macs: surveyed.macs,
    weightBytes: held.reduce((sum, { bytes }) => sum + bytes, 0),
    peakBytes: memory.bytes,
    routingShare: routingShare(model, symbolic, surveyed, origins),
    measuredAt: measured.shapes,
    providers: coverageOf(symbolic, (node) => origins.get(node) ?? null),
    notes: notesOf(surveyed, memory, all),
    metadata,
  };
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

function operatorCounts(all: readonly Site[]): OnnxSummary["operators"] {
  const counts = new Map<string, number>();
  for (const { node } of all) counts.set(operatorOf(node), (counts.get(operatorOf(node)) ?? 0) + 1);
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
  const making = [...kernels].reduce((sum, node) => sum + (macsByNode.get(node) ?? 0), 0);
  return making === 0 ? null : making / macs;
}

function notesOf({ uncounted, openLoops }: Survey, memory: PeakMemory, all: readonly Site[]): readonly string[] {
  const foreign = all.filter(({ schema, inner }) => schema === null && inner.length === 0).length;
  return [
    uncounted > 0 ? `not counted: the MACs of ${plural(uncounted, "node")} whose sizes are not known` : "",
    openLoops.length > 0 ? `of ${openLoops.join(", ")} one turn is counted: how many there are is not known` : "",
    foreign > 0 ? `not counted: ${plural(foreign, "node")} of operators that ONNX does not define` : "",
    memory.unknown > 0 ? `not in the memory: ${plural(memory.unknown, "activation")} whose sizes are not known` : "",
  ].filter((note) => note !== "");
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
