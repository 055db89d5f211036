import { attribute, node, valueInfo } from "../graph/build.js";
import { elementCode } from "../graph/element-types.js";
import type { EmittedNode } from "../graph/provenance.js";
import type { ModelWithGraph, NodeProto } from "../graph/records.js";

/** Before the name of a value. */
const PREFIX = "magnitude:";

const FLOAT = elementCode("FLOAT");

/** The value whose largest magnitude an output of `withMagnitudes` is; undefined for the model's own outputs. */
export function valueOfMagnitude(output: string): string | undefined {
  return output.startsWith(PREFIX) ? output.slice(PREFIX.length) : undefined;
}

/**
 * The model with further outputs: the largest |element| of each floating-point value that a wanted node of the main
 * graph makes. A run holds no more values at once than the model's own.
 */
export function withMagnitudes(model: ModelWithGraph, wanted: (node: EmittedNode) => boolean): ModelWithGraph {
  const { graph } = model;
  const infos = [...graph.value_info, ...graph.output];
  const floats = new Set(infos.flatMap(({ name, type }) => (type?.tensor_type?.elem_type === FLOAT ? [name] : [])));
  const shown = graph.node
    .filter(wanted)
    .flatMap(({ output }) => output)
    .filter((value) => floats.has(value));
  const nodes = shown.flatMap((value): readonly NodeProto[] => {
    const [abs, magnitude] = [`abs:${value}`, `${PREFIX}${value}`];
    return [
      node("Abs", [value], [abs], { name: abs }),
      node("ReduceMax", [abs], [magnitude], { name: magnitude, attribute: [attribute("keepdims", { i: 0 })] }),
    ];
  });
  const outputs = shown.map((value) => valueInfo(`${PREFIX}${value}`, "FLOAT", []));
  return { ...model, graph: { ...graph, node: [...graph.node, ...nodes], output: [...graph.output, ...outputs] } };
}
