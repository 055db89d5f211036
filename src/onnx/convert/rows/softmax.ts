/**
 * Softmax, LogSoftmax and Hardmax. Before opset 13 they took their input for a matrix: the axes from `axis` on (1 by
 * default) were one. Since then they go along `axis` alone (the last by default).
 */
import { isTensor, type Shape } from "../../infer/type-info.js";
import { attributesBut, intOf } from "../attributes.js";
import type { Converter } from "../converter.js";
import { intAttribute, nodeOf } from "../make.js";

export const alongOneAxis: Converter = (node, site) => {
  const [input = ""] = node.input;
  const [output = ""] = node.output;
  const from = intOf(node, "axis", 1);
  const type = site.type(input);
  const axis = isTensor(type) && type.shape !== null ? onlyAxis(type.shape, from) : null;
  const along = (n: number) => [...attributesBut(node, "axis"), intAttribute("axis", n)];
  if (axis !== null) return [{ ...node, attribute: along(axis) }];
  const shape = site.fresh(`${output}/shape`);
  const matrix = site.fresh(`${output}/matrix`);
  const result = site.fresh(`${output}/rows`);
  return [
    nodeOf("Shape", [input], [shape]),
    nodeOf("Flatten", [input], [matrix], [intAttribute("axis", from)]),
    { ...node, input: [matrix], output: [result], attribute: along(-1) },
    nodeOf("Reshape", [result, shape], [output]),
  ];
};

/** The one axis that is not 1 from an axis on, or the last one where all are; null where there may be several. */
function onlyAxis(shape: Shape, from: number): number | null {
  const rank = shape.length;
  const first = from < 0 ? from + rank : from;
  const wide = shape.flatMap((dim, axis) => (axis >= first && dim !== 1 ? [axis] : []));
  if (first < 0 || first >= rank || wide.length > 1) return null;
  return wide[0] ?? rank - 1;
}
