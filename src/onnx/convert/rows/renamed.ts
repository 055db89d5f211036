/** Small steps: a name, a default that has to be said, a type that is no more. */

import { elementTypeName } from "../../graph/element-types.js";
import { isTensor } from "../../infer/type-info.js";
import { type Converter, refuse } from "../converter.js";
import { textAttribute } from "../make.js";

export const scatterToScatterElements: Converter = (node) => [{ ...node, op_type: "ScatterElements" }];

/** Opset 16 has another default, half a pixel to the left and above. */
export const sayRoiCoordinates: Converter = (node) => [
  { ...node, attribute: [...node.attribute, textAttribute("coordinate_transformation_mode", "output_half_pixel")] },
];

const FLOATS: ReadonlySet<string> = new Set(["FLOAT", "FLOAT16", "DOUBLE", "BFLOAT16"]);

/** Integers are no more; what has a type that is not known runs as floats, since nothing runs Erf of integers. */
export const erfOfFloats: Converter = (node, site) => {
  const type = site.type(node.input[0] ?? "");
  const name = isTensor(type) && type.elem !== 0 ? elementTypeName(type.elem) : "FLOAT";
  return FLOATS.has(name) ? [node] : refuse(`its input has the type ${name}, which Erf does not accept since opset 13`);
};

export const scanOfBatches: Converter = () =>
  refuse("Scan of opset 8 also iterates over the batch, which Scan does not since opset 9");
