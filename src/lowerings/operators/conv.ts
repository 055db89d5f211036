import { emitConv } from "../emit-conv.js";
import type { OperatorEmitter } from "../site.js";

export const conv: OperatorEmitter<"conv"> = (attributes, site) => {
  const operand = (index: number) => ({ value: site.read(index), data: site.constant(index) });
  const call = {
    x: site.read(0),
    shape: site.inputShapes[0]!,
    kernel: operand(1),
    bias: site.inputNames.length > 2 ? operand(2) : undefined,
    out: site.shape[1] as number,
    window: attributes,
    groups: attributes.groups,
  };
  emitConv(site.e, site.name, call, site.shape, site.result);
};
