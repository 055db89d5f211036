import { type Dim, dimText, type Shape, symbol } from "../ir/dim.js";
import { windowAttributes } from "../ops/windows.js";
import type { LazyTensor } from "../weights/tensor.js";
import type { Lowering } from "./lowering.js";
import { emitBias, emitMixedKernel } from "./mix-kernel.js";

/**
 * The window of every output position gathered by a depthwise Conv with one-hot kernels, then one matrix product per
 * sample and group: any batch, no control flow, every provider.
 */
export const unfold: Lowering = {
  name: "unfold",
  description: "windows gathered by a one-hot Conv, then a matrix product per sample (any batch, no control flow)",
  refuses: () => undefined,
  emit(attributes, site) {
    const { e, name } = site;
    const [batch, channels] = site.inputShapes[0]! as readonly [Shape[number], number];
    const [, out, height, width] = site.shape as readonly [Shape[number], number, Shape[number], Shape[number]];
    const { groups } = attributes;
    const taps = attributes.kernel[0] * attributes.kernel[1];
    const row = (channels / groups) * taps;
    const positions = productDim(height, width);

    const oneHot = e.weight(
      `one_hot.${channels}x${attributes.kernel.join("x")}`,
      oneHotKernels(channels, attributes.kernel),
    );
    const windowsShape = [batch, channels * taps, height, width];
    const windows = e.op("Conv", `${name}/windows`, [site.read(0), oneHot], windowsShape, {
      ...windowAttributes(attributes),
      group: channels,
    });
    const columns = e.op(
      "Reshape",
      `${name}/columns`,
      [windows, e.ints([0, groups, row, -1])],
      [batch, groups, row, positions],
    );
    const kernel = e.reshape(
      `${name}/kernels`,
      emitMixedKernel(attributes, site),
      [batch, out, row],
      [batch, groups, out / groups, row],
    );
    const productShape = [batch, groups, out / groups, positions];
    const product = e.op("MatMul", `${name}/product`, [kernel, columns], productShape);
    const target = e.reshapeTarget(name, windows, windowsShape, site.shape, productShape);
    const bias = emitBias(attributes, site);
    if (!bias) return site.result("Reshape", [product, target]);
    const unbiased = e.op("Reshape", `${name}/unbiased`, [product, target], site.shape);
    const column = bias.mixed
      ? e.reshape(`${name}/bias_column`, bias.value, [batch, out], [batch, out, 1, 1])
      : e.reshape(`${name}/bias_column`, bias.value, [out], [1, out, 1, 1]);
    site.result("Add", [unbiased, column]);
  },
};

function productDim(a: Dim, b: Dim): Dim {
  return typeof a === "number" && typeof b === "number" ? a * b : symbol(`(${dimText(a)})*(${dimText(b)})`);
}

/** Kernels [C·taps,1,kh,kw], each with a one at one tap. */
function oneHotKernels(channels: number, [kh, kw]: readonly [number, number]): LazyTensor {
  const taps = kh * kw;
  return {
    shape: [channels * taps, 1, kh, kw],
    async read() {
      const values = new Float32Array(channels * taps * taps);
      for (let row = 0; row < channels * taps; row++) values[row * taps + (row % taps)] = 1;
      return values;
    },
  };
}
