import type { LazyTensor } from "../../tensors/tensor.js";
import type { OperatorEmitter } from "../site.js";

/**
 * The zero that is padded. ONNX Runtime (1.30, pad_fusion.cc) moves a Pad of zeros into a pool behind it: a max pool then
 * sees −∞ in their place, and an average pool whose pads reach its kernel's size cannot be loaded. It tells zeros by
 * their bits, so that −0 keeps it from doing so.
 */
const NEGATIVE_ZERO: LazyTensor = { shape: [], read: async () => Float32Array.of(-0) };

/** An end of Slice beyond every axis. */
const LAST = 2 ** 31 - 1;

export const pad: OperatorEmitter<"pad"> = ({ mode, pads }, site) => {
  const { e } = site;
  const [top, left, bottom, right] = pads;
  if (pads.every((each) => each <= 0)) {
    const ends = [bottom, right].map((each) => (each === 0 ? LAST : each));
    return site.result("Slice", [site.read(0), e.ints([-top, -left]), e.ints(ends), e.ints([2, 3])]);
  }
  const onnxMode = { zeros: "constant", reflect: "reflect", replicate: "edge" }[mode];
  const zero = mode === "zeros" ? [e.weight("const.-0", NEGATIVE_ZERO)] : [];
  site.result("Pad", [site.read(0), e.ints([0, 0, top, left, 0, 0, bottom, right]), ...zero], { mode: onnxMode });
};
