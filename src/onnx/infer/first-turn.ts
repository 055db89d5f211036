import type { NodeProto } from "../graph/records.js";
import type { Constant } from "./constant.js";
import { SmallValue } from "./small-value.js";
import type { TypeInfo } from "./type-info.js";

/** By position, what a Scan of version 9 and later hands to the first turn, where it is known. */
export function scannedInFirstTurn(
  node: NodeProto,
  constant: (name: string) => Constant | null,
): ReadonlyMap<number, SmallValue> {
  const attribute = (name: string) => node.attribute.find((each) => each.name === name);
  const states = node.input.length - Number(attribute("num_scan_inputs")?.i ?? 0);
  const axes = attribute("scan_input_axes")?.ints.map(Number) ?? [];
  const backwards = attribute("scan_input_directions")?.ints.map(Number) ?? [];
  const first = new Map<number, SmallValue>();
  for (const [i, name] of node.input.entries()) {
    if (i < states) continue;
    const given = constant(name);
    const value = given === null ? null : SmallValue.from(given);
    if (value === null) continue;
    const axis = axes[i - states] ?? 0;
    const from = axis < 0 ? axis + value.dims.length : axis;
    const part = value.at(from, backwards[i - states] === 1 ? (value.dims[from] ?? 1) - 1 : 0);
    if (part !== null) first.set(i, part);
  }
  return first;
}

/** Types that enter the body of a Loop as they enter its first turn: ONNX forgets their shapes, which may change. */
export function typesEnteringLoop(
  types: readonly (TypeInfo | null)[],
  inputs: readonly (TypeInfo | null)[],
): readonly (TypeInfo | null)[] {
  return types.map((type, i) => (i < 2 ? type : (inputs[i] ?? type)));
}

/** Types that leave a Loop, as if its states kept their shapes. */
export function typesLeavingLoop(
  outputs: readonly TypeInfo[],
  inputs: readonly (TypeInfo | null)[],
): readonly TypeInfo[] {
  return outputs.map((output, o) => {
    const entered = inputs[o + 2] ?? null;
    const isOpen = output.kind === "tensor" && output.shape === null && entered?.kind === "tensor";
    return isOpen ? { ...output, shape: entered.shape } : output;
  });
}
