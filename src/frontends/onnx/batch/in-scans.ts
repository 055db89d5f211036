/** Parts of a graph that run sample by sample: right by construction, since each sample is the batch of one that was exported. */

import { freshName } from "../../../base/fresh-name.js";
import * as build from "../../../onnx/graph/build.js";
import { type ElementTypeName, elementType } from "../../../onnx/graph/element-types.js";
import type { GraphProto, ModelWithGraph, NodeProto, ValueInfoProto } from "../../../onnx/graph/records.js";
import type { TypeInfo } from "../../../onnx/infer/type-info.js";
import { allNames, renamed } from "../../../onnx/rewrite/names.js";
import { splice } from "../../../onnx/rewrite/splice.js";
import { onnxOpset } from "../source-nodes.js";
import { valueUses } from "../value-uses.js";
import type { BatchRefusal } from "./prover.js";
import { scannedParts } from "./scanned-parts.js";

type Types = ReadonlyMap<string, TypeInfo>;

interface Opened {
  readonly model: ModelWithGraph;
  readonly symbol: string;
}

/** What is known of the values of a graph with an open batch. */
export interface Followed {
  /** Positions of the nodes that run apart. */
  readonly apart: ReadonlySet<number>;
  /** Values with the batch along their first axis. */
  readonly carried: ReadonlySet<string>;
  /** Values that only nodes apart can read. */
  readonly inside: ReadonlySet<string>;
}

/**
 * @param types at a batch of one
 * @returns why not, where sizes that a part computes are read by what does not run in it
 */
export function inScans(
  { model, symbol }: Opened,
  { apart, carried, inside }: Followed,
  types: Types,
): Opened | BatchRefusal {
  const { graph } = model;
  const uses = valueUses(graph);
  const setting = { carried, types, opset: onnxOpset(model), symbol, names: allNames(graph) };
  const parts = scannedParts(graph, apart, inside, uses).map((nodes) => {
    const members = new Set(nodes);
    const seen = (name: string): boolean =>
      uses.shown.has(name) || (uses.readBy.get(name) ?? []).some((reader) => !members.has(reader));
    const outputs = nodes.flatMap((index) => graph.node[index]!.output.filter((name) => name !== "" && seen(name)));
    const given = new Set(nodes.flatMap((index) => graph.node[index]!.output));
    const read = [...new Set(nodes.flatMap((index) => [...uses.reads[index]!]))].filter((name) => !given.has(name));
    return { nodes, part: { nodes: nodes.map((index) => graph.node[index]!), read, outputs, given } };
  });
  const size = parts.flatMap(({ part }) => part.outputs).find((name) => !carried.has(name));
  if (size !== undefined)
    return { node: size, reason: "a part that runs sample by sample would compute it for all samples" };
  const replacements = parts.map(({ nodes, part }) => ({ nodes, graph: scanOf(part, setting) }));
  return { model: { ...model, graph: splice(graph, replacements) }, symbol };
}

interface Part {
  readonly nodes: readonly NodeProto[];
  /** Values from outside. */
  readonly read: readonly string[];
  /** Values that others read. */
  readonly outputs: readonly string[];
  readonly given: ReadonlySet<string>;
}

/** Opset since which axes are an input. */
const AXES_AS_INPUT = 13;

interface Setting {
  readonly carried: ReadonlySet<string>;
  readonly types: Types;
  readonly opset: number;
  readonly symbol: string;
  /** All names that are taken; grows. */
  readonly names: Set<string>;
}

function scanOf({ nodes, read, outputs, given }: Part, { carried, types, opset, symbol, names }: Setting): GraphProto {
  const scanned = read.filter((name) => carried.has(name));
  const inner = new Map([...given].map((name) => [name, name === "" ? "" : freshName(`${name}/sample`, names)]));
  for (const name of scanned) inner.set(name, freshName(`${name}/batch_of_one`, names));
  const axes = (name: string, op: string, x: string, y: string, axis: number): NodeProto =>
    opset >= AXES_AS_INPUT
      ? build.node(op, [x, `axes.${axis}`], [y], { name })
      : build.node(op, [x], [y], { name, attribute: [build.attribute("axes", { ints: [axis] })] });
  const constants = (axis: number) => (opset >= AXES_AS_INPUT ? [build.intTensor(`axes.${axis}`, [1], [axis])] : []);
  const body = renamed(
    build.graph({ name: `${nodes[0]!.name ?? ""}/sample`, node: nodes }),
    (name) => inner.get(name) ?? name,
  );
  const ones = new Map(scanned.map((name) => [name, freshName(`${name}/one`, names)]));
  const one = (name: string): string => ones.get(name)!;
  const whole: GraphProto = {
    ...body,
    input: scanned.map((name) => info(one(name), types.get(name), 1)),
    node: [
      ...scanned.map((name) => axes(`${name}/unsqueeze`, "Unsqueeze", one(name), inner.get(name)!, 0)),
      ...body.node,
    ],
    output: outputs.map((name) => info(inner.get(name)!, types.get(name), 0)),
  };
  const samples = (name: string): string => `${name}/samples`;
  const scan = build.node("Scan", scanned, outputs.map(samples), {
    name: `${nodes[0]!.name || outputs[0]}/per_sample`,
    attribute: [build.attribute("body", { g: whole }), build.attribute("num_scan_inputs", { i: scanned.length })],
  });
  return build.graph({
    name: "samples",
    // Names that the body reads from around it stay what they are.
    input: read.map((name) => build.record("ValueInfoProto", { name })),
    initializer: [...constants(0), ...constants(1)],
    node: [scan, ...outputs.map((name) => axes(`${name}/squeeze`, "Squeeze", samples(name), name, 1))],
    output: outputs.map((name) => opened(name, types.get(name), symbol)),
  });
}

function opened(name: string, type: TypeInfo | undefined, symbol: string): ValueInfoProto {
  const known = type?.kind === "tensor" ? type : undefined;
  const element = (elementType(known?.elem)?.name ?? "FLOAT") as ElementTypeName;
  return build.valueInfo(name, element, [symbol, ...(known?.shape?.slice(1) ?? [])]);
}

/** @param dropped axes at the front that a sample does not have */
function info(name: string, type: TypeInfo | undefined, dropped: number): ValueInfoProto {
  const known = type?.kind === "tensor" ? type : undefined;
  const element = (elementType(known?.elem)?.name ?? "FLOAT") as ElementTypeName;
  return known?.shape ? build.valueInfo(name, element, known.shape.slice(dropped)) : build.valueInfo(name, element);
}
