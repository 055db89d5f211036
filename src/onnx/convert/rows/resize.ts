/** Upsample and Resize, whose first rule for coordinates is `asymmetric` in the words of opset 11. */
import type { NodeProto } from "../../graph/records.js";
import { attributeOf, attributesBut, textOf } from "../attributes.js";
import { type Converter, refuse, type Site } from "../converter.js";
import { constantNode, floatTensor, textAttribute } from "../make.js";

export const scalesToInput: Converter = (node, site) => {
  const scales = floatTensor(attributeOf(node, "scales")?.floats ?? []);
  const constant = constantNode(site.fresh(`${node.output[0]}/scales`), scales);
  const input = [...node.input, ...constant.output];
  return [constant, { ...node, input, attribute: attributesBut(node, "scales") }];
};

export const upsampleToResize: Converter = (node) => [{ ...node, op_type: "Resize" }];

export const sayCoordinates: Converter = (node, site) => {
  const [data = "", scales = ""] = node.input;
  const isNearest = textOf(node, "mode", "nearest") === "nearest";
  const rounding = isNearest ? roundingOf(node, site) : undefined;
  if (rounding === null)
    return refuse("it takes the nearest element, and its scales are not known, or some are above 1 and some below");
  const attribute = [...node.attribute, textAttribute("coordinate_transformation_mode", "asymmetric")];
  if (rounding !== undefined) attribute.push(textAttribute("nearest_mode", rounding));
  return [{ ...node, input: [data, "", scales], attribute }];
};

/** ONNX Runtime, which is what ran such files, rounds down where it makes an axis longer, and up where shorter. */
function roundingOf(node: NodeProto, site: Site): "floor" | "ceil" | null {
  const scales = site.floats(node.input[1] ?? "");
  if (scales === null) return null;
  if (scales.every((scale) => scale >= 1)) return "floor";
  return scales.every((scale) => scale <= 1) ? "ceil" : null;
}

const TF_NEAREST = "tf_half_pixel_for_nn";

/** `tf_half_pixel_for_nn` rounded down is `half_pixel`, which is half less, rounded to the nearest. */
export const withoutTensorFlowsNearest: Converter = (node) => {
  if (textOf(node, "coordinate_transformation_mode", "half_pixel") !== TF_NEAREST) return [node];
  const isNearest = textOf(node, "mode", "nearest") === "nearest";
  if (!isNearest || textOf(node, "nearest_mode", "round_prefer_floor") !== "floor") {
    return refuse(
      `later opsets have no coordinate_transformation_mode ${TF_NEAREST}, except for the nearest element, rounded down`,
    );
  }
  const attribute = [
    ...attributesBut(node, "coordinate_transformation_mode", "nearest_mode"),
    textAttribute("coordinate_transformation_mode", "half_pixel"),
    textAttribute("nearest_mode", "round_prefer_ceil"),
  ];
  return [{ ...node, attribute }];
};
