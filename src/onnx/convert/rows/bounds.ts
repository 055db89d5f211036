/** Clip's bounds and Pad's value: attributes of float that became inputs of the data's type. */

import type { NodeProto } from "../../graph/records.js";
import { isTensor } from "../../infer/type-info.js";
import { attributesBut, floatOf, intsOf } from "../attributes.js";
import { type Converter, refuse, type Site } from "../converter.js";
import { constantNode, int64Tensor, scalarTensor } from "../make.js";

const FLOAT_MAX = 3.4028234663852886e38;

const NO_TYPE = "the type of its input is not known to be float, float16 or double";

/** Bounds that are absent are the largest floats, which is what infinities were clipped to. */
export const clipToInputs: Converter = (node, site) => {
  const min = scalarOf(node, site, "min", floatOf(node, "min") ?? -FLOAT_MAX);
  const max = scalarOf(node, site, "max", floatOf(node, "max") ?? FLOAT_MAX);
  if (min === null || max === null) return refuse(NO_TYPE);
  const input = [...node.input, ...min.output, ...max.output];
  return [min, max, { ...node, input, attribute: attributesBut(node, "min", "max") }];
};

export const padToInputs: Converter = (node, site) => {
  const pads = constantNode(site.fresh(`${node.output[0]}/pads`), int64Tensor(intsOf(node, "pads") ?? []));
  const fill = floatOf(node, "value") ?? 0;
  const value = fill === 0 ? undefined : scalarOf(node, site, "value", fill);
  if (value === null) return refuse(NO_TYPE);
  const constants = value === undefined ? [pads] : [pads, value];
  const input = [...node.input, ...constants.flatMap(({ output }) => output)];
  return [...constants, { ...node, input, attribute: attributesBut(node, "pads", "value") }];
};

/** A Constant of the type of the node's data; null where that is not a known floating-point type. */
function scalarOf(node: NodeProto, site: Site, name: string, value: number): NodeProto | null {
  const type = site.type(node.input[0] ?? "");
  const tensor = isTensor(type) ? scalarTensor(type.elem, value) : null;
  return tensor === null ? null : constantNode(site.fresh(`${node.output[0]}/${name}`), tensor);
}
