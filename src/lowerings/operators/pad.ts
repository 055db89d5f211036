import type { LazyTensor } from "../../tensors/tensor.js";
import type { OperatorEmitter } from "../site.js";

/**
 * The zero that is padded. ONNX Runtime (1.30, pad_fusion.cc) moves a Pad of zeros into a pool behind it: a max pool then
 * sees −∞ in their place, and an average pool whose pads reach its kernel's size cannot be loaded. It tells zeros by
 * their bits, so that −0 keeps it from doing so.
 */
const NEGATIVE_ZERO: LazyTensor = { shape: [], read: async () => Float32Array.of(-0) };

export const pad: OperatorEmitter<"pad"> = ({ mode, pads: [top, left, bottom, right] }, site) => {
  const onnxMode = { zeros: "constant", reflect: "reflect", replicate: "edge" }[mode];
  const zero = mode === "zeros" ? [site.e.weight("const.-0", NEGATIVE_ZERO)] : [];
  const pads = site.e.ints([0, 0, top, left, 0, 0, bottom, right]);
  site.result("Pad", [site.read(0), pads, ...zero], { mode: onnxMode });
};
