/** β of a router from the mean over all parts of a picture. */
import type { Graph } from "../../ir/graph.js";
import { type DenseTensor, dense } from "../../ir/ops/dense-tensor.js";
import { route } from "../../ir/ops/route.js";
import type { Tensor } from "../../sessions/session.js";
import type { RouteNode } from "../../tiling/stages.js";
import type { Rect } from "../tiles.js";

/** Sums of a map's channels, in float64, part after part. */
export class ChannelSums {
  private sums: Float64Array | undefined;
  private area = 0;

  /**
   * @param values of `outer`, [1, channels, height, width]
   * @param inner what is summed; both in the map's pixels
   */
  add({ data, shape }: Tensor, outer: Rect, inner: Rect): void {
    const channels = shape.at(-3)!;
    this.sums ??= new Float64Array(channels);
    const { sums } = this;
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let row = inner.top - outer.top; row < inner.top - outer.top + inner.height; row++) {
        const from = (channel * outer.height + row) * outer.width + inner.left - outer.left;
        for (let at = from; at < from + inner.width; at++) sum += data[at]!;
      }
      sums[channel]! += sum;
    }
    this.area += inner.height * inner.width;
  }

  /** Adds what another has summed. */
  join({ sums, area }: ChannelSums): void {
    this.sums ??= new Float64Array(sums!.length);
    for (const [channel, sum] of sums!.entries()) this.sums[channel]! += sum;
    this.area += area;
  }

  mean(): Float64Array {
    return this.sums!.map((sum) => sum / this.area);
  }
}

/** What computes β of a router from a mean. */
export async function betaOf(graph: Graph, router: RouteNode): Promise<(mean: Float64Array) => DenseTensor> {
  const tensors: DenseTensor[] = [];
  for (const name of router.inputs.slice(1)) {
    const constant = graph.constants.get(name)!;
    tensors.push(dense(constant.shape, await constant.read()));
  }
  return (mean) => route.evaluate(router.attributes, [dense([1, mean.length], mean), ...tensors]);
}

export function asTensor({ shape, data }: DenseTensor): Tensor {
  return { shape, data: Float32Array.from(data) };
}
