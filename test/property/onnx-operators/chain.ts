/** Graphs of several nodes behind one another, for patterns. */
import { bytesSource } from "../../../src/base/bytes/byte-source.js";
import { ONNX_PATTERNS } from "../../../src/frontends/onnx/patterns/index.js";
import type { SourceNode, Surroundings } from "../../../src/frontends/onnx/reading.js";
import type { Shape } from "../../../src/ir/dim.js";
import { decodeModel } from "../../../src/onnx/decode.js";
import type { Attribute, OnnxModel } from "../../../src/onnx/model.js";
import type { NodeProto } from "../../../src/onnx/proto/records.js";
import { encoded } from "../../support/sessions.js";

export interface Link {
  readonly op: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Its second input, an int64 vector. */
  readonly target?: readonly number[];
}

/** A chain from `input0` to `y`; what is between are `v1`, `v2`, … */
export function chainModel(size: readonly number[], links: readonly Link[], shown: readonly string[] = []): OnnxModel {
  const nameOf = (index: number): string => (index === 0 ? "input0" : index === links.length ? "y" : `v${index}`);
  const outputs = [...shown, "y"];
  return {
    ir_version: 8,
    opset: 17,
    producer_name: "test",
    producer_version: "0",
    metadata_props: new Map(),
    graph: {
      name: "chain",
      node: links.map(({ op, attributes = {}, target }, index) => ({
        op_type: op,
        name: `node${index}`,
        input: [nameOf(index), ...(target ? [`target${index}`] : [])],
        output: [nameOf(index + 1)],
        attribute: attributes,
      })),
      initializer: links.flatMap(({ target }, index) =>
        target ? [{ name: `target${index}`, data_type: "INT64" as const, dims: [target.length], values: target }] : [],
      ),
      input: [{ name: "input0", type: { elem_type: "FLOAT", shape: size } }],
      output: outputs.map((name) => ({ name, type: { elem_type: "FLOAT" } })),
      value_info: [],
    },
  };
}

/** The pattern that the last node of a chain ends, tried on the record of its file. */
export async function matchChain(model: OnnxModel, links: readonly Link[], x: Shape) {
  const { message } = await decodeModel(bytesSource("chain.onnx", await encoded(model)));
  const nodes = message.graph!.node;
  const shown = new Set(message.graph!.output.map(({ name }) => name));
  const sources = nodes.map((node, index) => sourceOf(node, links[index]!, index === 0 ? x : undefined));
  const around: Surroundings = {
    giver: (value) => sources.find(({ node }) => node.output.includes(value)),
    isReadOnce: (value) => !shown.has(value) && nodes.filter(({ input }) => input.includes(value)).length === 1,
  };
  const last = sources.at(-1)!;
  const pattern = ONNX_PATTERNS.filter((each) => each.last === last.node.op_type);
  for (const each of pattern) {
    const match = each.match(last, around);
    if (match) return { name: each.name, match, last: last.node };
  }
  return undefined;
}

function sourceOf(node: NodeProto, { target }: Link, x: Shape | undefined): SourceNode {
  return {
    node,
    opset: 17,
    input: (index) => node.input[index] || undefined,
    shape: (index) => (index === 0 ? x : undefined),
    tensor: () => undefined,
    numbers: (index) => (index === 1 ? target : undefined),
    sizes: () => undefined,
  };
}
