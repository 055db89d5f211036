import type { Layout } from "../emitter.js";
import type { LowerSite, OperatorEmitter } from "../site.js";

export const add: OperatorEmitter<"add"> = (_, site) => emitElementwise("Add", site);
export const mul: OperatorEmitter<"mul"> = (_, site) => emitElementwise("Mul", site);

/** An operator of ONNX that combines values elementwise, in the layout in which most of them already are. */
function emitElementwise(op: string, site: LowerSite): void {
  const nhwc = site.inputNames.filter((_, index) => site.layoutOf(index) === "nhwc").length;
  const layout: Layout = nhwc * 2 > site.inputNames.length ? "nhwc" : "nchw";
  site.result(
    op,
    site.inputNames.map((_name, index) => site.read(index, layout)),
    {},
    layout,
  );
}
