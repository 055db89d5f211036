/** Graphs of several nodes behind one another, for patterns. */
import { bytesSource } from "../../../src/base/bytes/byte-source.js";
import { ONNX_PATTERNS } from "../../../src/frontends/onnx/patterns/index.js";
import type { SourceNode, Surroundings } from "../../../src/frontends/onnx/reading.js";
import type { Shape } from "../../../src/ir/dim.js";
import { decodeModel } from "../../../src/onnx/decode.js";
import * as build from "../../../src/onnx/graph/build.js";
import type { ModelProto, NodeProto } from "../../../src/onnx/graph/records.js";
import { encoded } from "../../support/sessions.js";
import { attributeList, modelWith } from "./node-case.js";

export interface Link {
  readonly op: string;
  readonly attributes?: Readonly<Record<string, build.AttributeValue>>;
  /** Its second input, an int64 vector. */
  readonly target?: readonly number[];
}

/** A chain from `input0` to `y`; what is between are `v1`, `v2`, … */
export function chainModel(size: readonly number[], links: readonly Link[], shown: readonly string[] = []): ModelProto {
  const nameOf = (index: number): string => (index === 0 ? "input0" : index === links.length ? "y" : `v${index}`);
  return modelWith(17, {
    name: "chain",
    node: links.map(({ op, attributes, target }, index) =>
      build.node(op, [nameOf(index), ...(target ? [`target${index}`] : [])], [nameOf(index + 1)], {
        name: `node${index}`,
        attribute: attributeList(attributes),
      }),
    ),
    initializer: links.flatMap(({ target }, index) =>
      target ? [build.intTensor(`target${index}`, [target.length], target)] : [],
    ),
    input: [build.valueInfo("input0", "FLOAT", size)],
    output: [...shown, "y"].map((name) => build.valueInfo(name, "FLOAT")),
  });
}

/** The pattern that the last node of a chain ends, tried on the record of its file. */
export async function matchChain(model: ModelProto, links: readonly Link[], x: Shape) {
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
