/** Sizes that a graph computes of fixed sizes, written down: at a batch of one they are the same for all samples. */

import { freshName } from "../../../base/fresh-name.js";
import { isOnnxDomain } from "../../../onnx/domains.js";
import * as build from "../../../onnx/graph/build.js";
import { elementCode } from "../../../onnx/graph/element-types.js";
import type { GraphProto, ModelWithGraph, NodeProto, TensorProto } from "../../../onnx/graph/records.js";
import { inferModel } from "../../../onnx/infer/infer-model.js";
import { SmallValue } from "../../../onnx/infer/small-value.js";
import { allNames, namesRead, subgraphs } from "../../../onnx/rewrite/names.js";
import type { SchemaRegistry } from "../../../onnx/schemas/registry.js";
import { SHAPE_READERS } from "../operator-families.js";
import { callsOf } from "../source-constants.js";
import { neededNodes } from "../value-uses.js";

/** Inputs that are sizes, or places along axes, by operator. */
const SIZE_INPUTS: Readonly<Record<string, readonly number[]>> = {
  ConstantOfShape: [0],
  Expand: [1],
  Pad: [1],
  Reshape: [1],
  Resize: [3],
  Slice: [1, 2, 3, 4],
  Tile: [1],
};

const INT64 = elementCode("INT64");

/**
 * The model with constants for what Shape gives, and for sizes that are computed, where they follow from sizes that its
 * inputs fix; the same model where there are none, or where they might be others in some run.
 */
export function withKnownSizes(model: ModelWithGraph, schemas: SchemaRegistry): ModelWithGraph {
  const { graph } = model;
  if (hasIntegerDefaults(model)) return model;
  const turned = behindTurns(graph);
  const isCall = callsOf(model);
  const names = allNames(graph);
  const initializers: TensorProto[] = [];
  const stored = new Set(graph.initializer.map(({ name = "" }) => name));
  const constants = new Set([...stored, ...graph.node.flatMap(constantOf)]);
  const added = new Map<string, string>();
  const changed = new Map<NodeProto, NodeProto>();
  const shapes = new Map<NodeProto, TensorProto>();
  const written = (name: string, value: SmallValue): string => {
    const known = added.get(name);
    if (known !== undefined) return known;
    const own = freshName(`${name}/known`, names);
    added.set(name, own);
    initializers.push(build.intTensor(own, value.dims, value.data));
    return own;
  };
  inferModel(model, schemas, {
    estimates: true,
    listener: {
      visited: (node, _, __, ___, known, fits) => {
        const { op_type = "", domain } = node;
        if (!isOnnxDomain(domain) || isCall(node) || !fits) return;
        const sizesIn = (name: string): SmallValue | null => {
          const constant = name === "" || constants.has(name) || turned.has(name) ? null : known.constant(name);
          const value = constant === null ? null : SmallValue.from(constant);
          return value?.dataType === INT64 && value.dims.length <= 1 ? value : null;
        };
        const shape = SHAPE_READERS.has(op_type) ? sizesIn(node.output[0] ?? "") : null;
        if (shape !== null) shapes.set(node, build.intTensor(node.output[0]!, shape.dims, shape.data));
        const sizes = Object.hasOwn(SIZE_INPUTS, op_type) ? SIZE_INPUTS[op_type]! : [];
        const input = node.input.map((name, index) => {
          const value = sizes.includes(index) ? sizesIn(name) : null;
          return value === null ? name : written(name, value);
        });
        if (input.some((name, index) => name !== node.input[index])) changed.set(node, { ...node, input });
      },
    },
  });
  if (changed.size === 0 && shapes.size === 0) return model;
  const now = graph.node.map((node) => changed.get(node) ?? node);
  const needed = neededNodes(graph, (index) => (shapes.has(graph.node[index]!) ? new Set() : namesRead(now[index]!)));
  const node = now.filter((each, index) => needed.has(index) && !shapes.has(each));
  const read = new Set([...node.flatMap((each) => [...namesRead(each)]), ...graph.output.map(({ name = "" }) => name)]);
  const known = [...initializers, ...shapes.values()].filter(({ name = "" }) => read.has(name));
  return { ...model, graph: { ...graph, node, initializer: [...graph.initializer, ...known] } };
}

/** Whether a caller can give other integers than the file has: sizes may be computed of them. */
export function hasIntegerDefaults({ graph }: ModelWithGraph): boolean {
  const inputs = new Set(graph.input.map(({ name }) => name));
  return graph.initializer.some(({ name, data_type }) => inputs.has(name) && data_type !== elementCode("FLOAT"));
}

/** What depends on how often something runs: its sizes may differ from turn to turn. */
export function behindTurns({ node }: GraphProto): ReadonlySet<string> {
  const found = new Set<string>();
  for (const each of node)
    if (hasTurns(each) || [...namesRead(each)].some((name) => found.has(name)))
      for (const name of each.output) found.add(name);
  return found;
}

function hasTurns(node: NodeProto): boolean {
  const inner = subgraphs(node);
  return inner.length > 0 && (node.op_type !== "If" || inner.some((graph) => graph.node.some(hasTurns)));
}

function constantOf({ op_type, output }: NodeProto): readonly string[] {
  return op_type === "Constant" ? output : [];
}
