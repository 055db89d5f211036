import type { Shape } from "../ir/dim.js";
import { windowAttributes } from "../ops/windows.js";
import type { LazyTensor } from "../weights/tensor.js";
import { emitFromColumns, pixelsOf } from "./columns.js";
import type { Lowering } from "./lowering.js";
import { emitMixedKernel } from "./mix-kernel.js";
import { TARGETS } from "./targets.js";

/**
 * The window of every output position gathered by a depthwise Conv with one-hot kernels, then one matrix product per
 * sample and group: any batch, no control flow, every provider.
 */
export const unfold: Lowering = {
  name: "unfold",
  description: "windows gathered by a one-hot Conv, then a matrix product per sample (any batch, no control flow)",
  targets: TARGETS,
  refuses: () => undefined,
  emit(attributes, site) {
    const { e, name } = site;
    const [batch, channels] = site.inputShapes[0]! as readonly [Shape[number], number];
    const [, out, height, width] = site.shape as readonly [Shape[number], number, Shape[number], Shape[number]];
    const { groups } = attributes;
    const taps = attributes.kernel[0] * attributes.kernel[1];
    const row = (channels / groups) * taps;
    const positions = pixelsOf(site.shape);

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
    emitFromColumns(attributes, site, {
      columns: product,
      shape: productShape,
      sized: windows,
      sizedShape: windowsShape,
    });
  },
};

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
