/** A graph of one node, as bytes and as the reader of operators sees it. */
import { bytesSource } from "../../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../../src/base/random.js";
import { ONNX_OPERATORS } from "../../../src/frontends/onnx/operators/index.js";
import { type NodeWriter, NotRead, type SourceNode } from "../../../src/frontends/onnx/reading.js";
import { type Dim, type Shape, symbol } from "../../../src/ir/dim.js";
import type { Graph, Node } from "../../../src/ir/graph.js";
import { sizeOf } from "../../../src/ir/ops/dense-tensor.js";
import { decodeModel } from "../../../src/onnx/decode.js";
import * as build from "../../../src/onnx/graph/build.js";
import type { ModelProto, NodeProto, TensorProto } from "../../../src/onnx/graph/records.js";
import type { LazyTensor } from "../../../src/tensors/tensor.js";
import { encoded } from "../../support/sessions.js";

export type Input =
  /** A float32 input of the graph. */
  | { readonly kind: "value"; readonly size: readonly number[]; readonly shape?: Shape }
  /** A float32 initializer; random numbers where no data is given. */
  | { readonly kind: "constant"; readonly size: readonly number[]; readonly data?: readonly number[] }
  /** An int64 vector; `sizes` where it follows from shapes and is no constant. */
  | { readonly kind: "integers"; readonly data: readonly number[]; readonly sizes?: readonly (Dim | undefined)[] }
  | { readonly kind: "absent" };

export interface NodeCase {
  readonly op: string;
  readonly opset: number;
  readonly attributes?: Readonly<Record<string, build.AttributeValue>>;
  readonly inputs: readonly Input[];
  /** Names of outputs; one when absent. */
  readonly outputs?: readonly string[];
  readonly seed: number;
}

const nameOf = (index: number): string => `input${index}`;

/** The numbers of an input, as float32 has them. */
export function dataOf({ seed }: NodeCase, index: number, input: Input): readonly number[] {
  if (input.kind === "absent") return [];
  if (input.kind !== "value" && input.data !== undefined) return input.data.map(Math.fround);
  const next = randomNumbers(seed * 31 + index);
  return Array.from({ length: sizeOf(input.kind === "integers" ? [] : input.size) }, () => Math.fround(4 * next() - 2));
}

export function outputsOf({ outputs = ["y"] }: NodeCase): readonly string[] {
  return outputs;
}

function initializer(each: NodeCase, input: Input, index: number): readonly TensorProto[] {
  const name = nameOf(index);
  if (input.kind === "integers") return [build.intTensor(name, [input.data.length], input.data)];
  if (input.kind !== "constant") return [];
  const data: LazyTensor = { shape: input.size, read: async () => Float64Array.from(dataOf(each, index, input)) };
  return [build.floatTensor(name, "FLOAT", data)];
}

export function attributeList(attributes: Readonly<Record<string, build.AttributeValue>> = {}) {
  return Object.entries(attributes).map(([name, value]) => build.attribute(name, value));
}

/** A model of some opset. */
export function modelWith(opset: number, graph: Parameters<typeof build.graph>[0]): ModelProto {
  return build.model({ ir_version: 8, opset_import: [build.opset(opset)], graph: build.graph(graph) });
}

export function modelOf(each: NodeCase): ModelProto {
  const { op, opset, inputs, attributes } = each;
  const read = inputs.map((input, index) => (input.kind === "absent" ? "" : nameOf(index)));
  return modelWith(opset, {
    name: op,
    node: [build.node(op, read, outputsOf(each), { name: "node", attribute: attributeList(attributes) })],
    initializer: inputs.flatMap((input, index) => initializer(each, input, index)),
    input: inputs.flatMap((input, index) =>
      input.kind === "value" ? [build.valueInfo(nameOf(index), "FLOAT", input.size)] : [],
    ),
    output: outputsOf(each)
      .filter((name) => name !== "")
      .map((name) => build.valueInfo(name, "FLOAT")),
  });
}

export async function nodeOf(each: NodeCase): Promise<NodeProto> {
  const { message } = await decodeModel(bytesSource("case.onnx", await encoded(modelOf(each))));
  return message.graph!.node[0]!;
}

export function shapeOfInput(input: Input): Shape | undefined {
  if (input.kind === "value") return input.shape ?? input.size;
  return input.kind === "constant" ? input.size : undefined;
}

export function sourceOf(each: NodeCase, node: NodeProto): SourceNode {
  const at = <T>(index: number, of: (input: Input) => T | undefined): T | undefined => {
    const input = each.inputs[index];
    return input === undefined ? undefined : of(input);
  };
  return {
    node,
    opset: each.opset,
    input: (index) => node.input[index] || undefined,
    shape: (index) => at(index, shapeOfInput),
    tensor: (index) =>
      at(index, (input) =>
        input.kind === "constant"
          ? { shape: input.size, read: async () => Float64Array.from(dataOf(each, index, input)) }
          : undefined,
      ),
    numbers: (index) =>
      at(index, (input) => {
        if (input.kind === "integers") return input.sizes === undefined ? input.data : undefined;
        return input.kind === "constant" ? dataOf(each, index, input) : undefined;
      }),
    sizes: (index) => at(index, (input) => (input.kind === "integers" ? input.sizes : undefined)),
  };
}

/** Collects what is emitted for a node. */
export class GraphWriter implements NodeWriter {
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, LazyTensor>();
  private readonly node_: NodeProto;

  constructor(node: NodeProto) {
    this.node_ = node;
  }

  node(
    op: Node["op"],
    inputs: readonly string[],
    attributes: unknown,
    as: { readonly output: number } | { readonly step: string },
  ): string {
    const name = "output" in as ? this.node_.output[as.output]! : `${this.node_.output[0]}/${as.step}`;
    this.nodes.push({ op, name, inputs, attributes, origin: { layer: "node", pointer: "" } } as Node);
    return name;
  }

  constant(step: string, tensor: LazyTensor): string {
    const name = `${this.node_.output[0]}/${step}`;
    this.constants.set(name, tensor);
    return name;
  }
}

/** The node as IR. @throws NotRead */
export function graphOf(each: NodeCase, node: NodeProto): Graph {
  const row = ONNX_OPERATORS[each.op];
  if (row === undefined) throw new NotRead("it has no row");
  const writer = new GraphWriter(node);
  row.read(sourceOf(each, node), writer);
  return graphWith(each.inputs, writer, outputsOf(each));
}

export function graphWith(inputs: readonly Input[], writer: GraphWriter, outputs: readonly string[]): Graph {
  return {
    name: "node",
    inputs: inputs.flatMap((input, index) =>
      input.kind === "value" ? [{ name: nameOf(index), shape: shapeOfInput(input)! }] : [],
    ),
    constants: writer.constants,
    nodes: writer.nodes,
    outputs: outputs.filter((name) => name !== "").map((name) => ({ name, value: name })),
    betas: [],
  };
}

/** Batch, height and width without a number. */
export function opened(size: readonly number[]): Shape {
  const names = ["N", undefined, "H", "W"];
  return size.map((dim, axis) => {
    const name = size.length === 4 || axis === 0 ? names[axis] : undefined;
    return name === undefined ? dim : symbol(name);
  });
}
