import type { OnnxModel, OnnxNode, ValueInfo } from "../model.js";

/** Before the name of a value. */
const PREFIX = "magnitude:";

/** The value whose largest magnitude an output of `withMagnitudes` is; undefined for the model's own outputs. */
export function valueOfMagnitude(output: string): string | undefined {
  return output.startsWith(PREFIX) ? output.slice(PREFIX.length) : undefined;
}

/**
 * The model with further outputs: the largest |element| of each floating-point value that a wanted node of the main
 * graph makes. A run holds no more values at once than the model's own.
 */
export function withMagnitudes(model: OnnxModel, wanted: (node: OnnxNode) => boolean): OnnxModel {
  const { graph } = model;
  const floats = new Set(
    [...graph.value_info, ...graph.output].flatMap(({ name, type }) => (type.elem_type === "FLOAT" ? [name] : [])),
  );
  const values = graph.node.filter(wanted).flatMap(({ output }) => output);
  const shown = values.filter((value) => floats.has(value));
  const nodes = shown.flatMap((value): readonly OnnxNode[] => [
    { op_type: "Abs", name: `abs:${value}`, input: [value], output: [`abs:${value}`], attribute: {} },
    {
      op_type: "ReduceMax",
      name: `${PREFIX}${value}`,
      input: [`abs:${value}`],
      output: [`${PREFIX}${value}`],
      attribute: { keepdims: { type: "INT", value: 0 } },
    },
  ]);
  const outputs = shown.map(
    (value): ValueInfo => ({
      name: `${PREFIX}${value}`,
      type: { elem_type: "FLOAT", shape: [] },
    }),
  );
  return { ...model, graph: { ...graph, node: [...graph.node, ...nodes], output: [...graph.output, ...outputs] } };
}
