/** Integer vectors that a graph computes of constants alone, such as the pads of exporters, as the constants that they are. */
import { type ComputeConstant, SourceConstants } from "../frontends/onnx/source-constants.js";
import { attribute, graph as graphOf, intTensor, node as nodeOf, valueInfo } from "../onnx/graph/build.js";
import { elementCode } from "../onnx/graph/element-types.js";
import type { GraphProto, ModelWithGraph } from "../onnx/graph/records.js";
import { inferModel } from "../onnx/infer/infer-model.js";
import { namesRead } from "../onnx/rewrite/names.js";
import { type Replacement, splice } from "../onnx/rewrite/splice.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import { elementCount } from "../tensors/tensor.js";

/** Longer vectors are no sizes. */
const MOST_SIZES = 64;
/** A runtime's numbers come as float32, which has whole numbers up to here. */
const LARGEST = 2 ** 24;

interface Vector {
  readonly index: number;
  readonly name: string;
  readonly shape: readonly number[];
}

/** The model with them, where inference does not know them. */
export async function withComputedSizes(
  model: ModelWithGraph,
  compute: ComputeConstant,
  schemas: SchemaRegistry,
): Promise<ModelWithGraph> {
  const { graph } = model;
  const vectors = unknownVectors(model, schemas);
  const replaced = vectors.map(async ({ index, name, shape }): Promise<readonly Replacement[]> => {
    const values = [...(await compute(name))];
    // What a file declares of a value may be wrong.
    if (values.length !== elementCount(shape) || !values.every((value) => Math.abs(value) < LARGEST)) return [];
    const value = attribute("value", { t: intTensor("", shape, values) });
    const constant = nodeOf("Constant", [], [name], { attribute: [value] });
    return [{ nodes: [index], graph: graphOf({ node: [constant], output: [valueInfo(name, "INT64", shape)] }) }];
  });
  const replacements = (await Promise.all(replaced)).flat();
  return replacements.length === 0 ? model : { ...model, graph: splice(graph, replacements) };
}

const INT64 = elementCode("INT64");

/** Those that nodes read which are no constants themselves. */
function unknownVectors(model: ModelWithGraph, schemas: SchemaRegistry): readonly Vector[] {
  const { graph } = model;
  const constants = new SourceConstants(model, graph);
  const candidates = candidatesIn(graph, constants);
  if (candidates.size === 0) return [];
  const found: Vector[] = [];
  inferModel(model, schemas, {
    listener: {
      visited: (node, _, __, typeOf, known) => {
        const [name = ""] = node.output;
        const index = candidates.get(name);
        if (index === undefined || graph.node[index] !== node) return;
        const type = typeOf(name);
        const shape = type?.kind === "tensor" && type.elem === INT64 ? type.shape : null;
        const isKnown = known.constant(name) !== null || known.sizes(name)?.every((size) => typeof size === "number");
        const count = shape?.reduce<number>((size, dim) => size * (typeof dim === "number" ? dim : Number.NaN), 1);
        if (isKnown || shape === null || shape.length > 1 || !(count! <= MOST_SIZES)) return;
        found.push({ index, name, shape: shape as readonly number[] });
      },
    },
  });
  return found;
}

/** Values of nodes with one output, by name, with the node's position. */
function candidatesIn({ node }: GraphProto, constants: SourceConstants): ReadonlyMap<string, number> {
  const isConstant = (output: readonly string[]): boolean => output.every((name) => constants.has(name));
  const read = new Set(node.flatMap((each) => (isConstant(each.output) ? [] : [...namesRead(each)])));
  return new Map(
    node.flatMap(({ output }, index) => {
      const [name = ""] = output;
      const isOne = output.length === 1 && read.has(name) && constants.has(name) && !constants.isStored(name);
      return isOne ? [[name, index] as const] : [];
    }),
  );
}
