/** Attributes that became inputs: of integers, one Constant each. */

import type { Int64, NodeProto } from "../../graph/records.js";
import { attributesBut, intsOf } from "../attributes.js";
import type { Converted, Converter, Site } from "../converter.js";
import { constantNode, int64Tensor } from "../make.js";

/**
 * Attributes of integers become the inputs behind the present ones, in the given order; one that is absent is an absent
 * input.
 */
export function intsToInputs(...names: readonly string[]): Converter {
  return (node, site) => withInputs(node, site, names, (name) => intsOf(node, name));
}

/** The attribute `k` becomes an input of one element. */
export const kToInput: Converter = (node, site) =>
  withInputs(node, site, ["k"], (name) => {
    const k = node.attribute.find((attribute) => attribute.name === name)?.i;
    return k === undefined ? undefined : [k];
  });

function withInputs(
  node: NodeProto,
  site: Site,
  names: readonly string[],
  valuesOf: (name: string) => readonly Int64[] | undefined,
): Converted {
  const added = names.map((name) => {
    const values = valuesOf(name);
    return values === undefined ? null : constantNode(site.fresh(`${node.output[0]}/${name}`), int64Tensor(values));
  });
  const inputs = [...node.input, ...added.map((constant) => constant?.output[0] ?? "")];
  while (inputs.at(-1) === "") inputs.pop();
  return [
    ...added.filter((constant) => constant !== null),
    { ...node, input: inputs, attribute: attributesBut(node, ...names) },
  ];
}
