/** What a graph of fixed sizes asks of a device that runs one node after the other. */
import { elementCode } from "../../onnx/graph/element-types.js";
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from "../../onnx/graph/records.js";
import { type DeviceValue, elements, type NodeWork, nodeWork, VIEWS } from "./node-work.js";

export interface GraphWork extends NodeWork {
  /** Nodes that run a shader or kernel: all but those on the host and those that only give memory another shape. */
  readonly dispatches: number;
  /** Bytes of values between input and output that are held at one time, at the most. */
  readonly temporary: number;
}

/** @param graph every value of which has a `value_info` without symbols */
export function graphWork(graph: GraphProto): GraphWork {
  const values = new Map<string, DeviceValue>([
    ...[...graph.input, ...graph.output, ...graph.value_info].map(sizedValue),
    ...graph.initializer.map(constantOf),
  ]);
  const running = graph.node.filter((node) => runsOnDevice(node, values));
  const works = running.map((node) =>
    nodeWork(
      node,
      node.input.map((name) => values.get(name)),
      node.output.map((name) => values.get(name)!),
    ),
  );
  const total = (of: (work: NodeWork) => number): number => works.reduce((sum, work) => sum + of(work), 0);
  return {
    dispatches: running.length,
    bytes: total(({ bytes }) => bytes),
    temporary: peakOf(graph, values),
    macs: total(({ macs }) => macs),
    tiled: total(({ tiled }) => tiled),
    untiled: total(({ untiled }) => untiled),
  };
}

function runsOnDevice({ op_type, output }: NodeProto, values: ReadonlyMap<string, DeviceValue>): boolean {
  return !VIEWS.has(op_type!) && !output.every((name) => values.get(name)!.host);
}

const INTEGER = elementCode("INT64");

function sizedValue({ name, type }: ValueInfoProto): readonly [string, DeviceValue] {
  const tensor = type!.tensor_type!;
  return [
    name!,
    deviceValue(
      tensor.shape!.dim.map(({ dim_value }) => Number(dim_value)),
      tensor.elem_type === INTEGER,
    ),
  ];
}

function constantOf({ name, dims, data_type }: TensorProto): readonly [string, DeviceValue] {
  return [name!, deviceValue(dims.map(Number), data_type === INTEGER)];
}

/** Float32, or a 64-bit integer. */
function deviceValue(dims: readonly number[], host: boolean): DeviceValue {
  return { dims, bytes: elements(dims) * (host ? 8 : 4), host };
}

/** Memory is held from the node that makes a value to the last one that reads it, under whatever shape. */
function peakOf(graph: GraphProto, values: ReadonlyMap<string, DeviceValue>): number {
  const owners = new Map<string, string>();
  const ownerOf = (name: string): string => owners.get(name) ?? name;
  const last = new Map<string, number>();
  for (const [index, node] of graph.node.entries()) {
    if (VIEWS.has(node.op_type!)) owners.set(node.output[0]!, ownerOf(node.input[0]!));
    for (const name of [...node.input, ...node.output]) last.set(ownerOf(name), index);
  }
  const results = new Set(graph.output.map(({ name }) => ownerOf(name!)));
  const made = graph.node.flatMap((node, index) =>
    node.output
      .filter((name) => ownerOf(name) === name && !results.has(name) && !values.get(name)!.host)
      .map((name) => ({ from: index, to: last.get(name)!, bytes: values.get(name)!.bytes })),
  );
  const heldAt = graph.node.map((_, index) =>
    made.reduce((held, { from, to, bytes }) => (from <= index && index <= to ? held + bytes : held), 0),
  );
  return heldAt.reduce((most, held) => Math.max(most, held), 0);
}
