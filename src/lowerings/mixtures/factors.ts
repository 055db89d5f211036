/** The factors of a mixed convolution as ONNX values, and how they lie beside a kernel. */
import type { Dim, Shape } from "../../ir/dim.js";
import { type Factor, factorExtent, type MixConvAttributes, mixConvInputs } from "../../ir/ops/mixture.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { GraphEmitter } from "../emitter.js";
import type { LowerSite } from "../site.js";

/** A factor whose value has been emitted: [N, experts, blocks]. */
export interface EmittedFactor {
  readonly over: Factor["over"];
  readonly value: string;
  /** N, or 1 where all samples share it. */
  readonly samples: Dim;
  readonly experts: number;
  readonly blocks: number;
  readonly extent: number;
}

/** A bank of rows, [experts, out, row]. */
export interface Bank {
  readonly name: string;
  readonly data: LazyTensor;
  readonly experts: number;
  readonly out: number;
  readonly row: number;
}

export const indices = (site: LowerSite): readonly number[] => site.inputNames.map((_, index) => index);

export function emittedFactors(
  attributes: MixConvAttributes,
  site: LowerSite,
  on: "kernel" | "bias",
): readonly EmittedFactor[] {
  const channels = site.inputShapes[0]![1] as number;
  const values = mixConvInputs(attributes, indices(site)).factors;
  return attributes.factors.flatMap((factor, f) => {
    if (factor.on !== on && factor.on !== "both") return [];
    const [samples, experts, blocks] = site.inputShapes[values[f]!]! as readonly [Dim, number, number];
    const extent = factorExtent(factor, attributes, channels);
    return [{ over: factor.over, value: site.read(values[f]!), samples, experts, blocks, extent }];
  });
}

/** The batch of a product of factors: 1 where none belongs to one sample. */
export function samplesOf(factors: readonly Pick<EmittedFactor, "samples">[]): Dim {
  return factors.find(({ samples }) => samples !== 1)?.samples ?? 1;
}

/** A kernel's elements by group: [groups, O/groups, C/groups, taps]. */
export type KernelSplit = readonly [number, number, number, number];

export function splitShape(bank: Bank, attributes: MixConvAttributes): KernelSplit {
  const perGroup = bank.row / (attributes.kernel[0] * attributes.kernel[1]);
  return [attributes.groups, bank.out / attributes.groups, perGroup, bank.row / perGroup];
}

/** Where a factor lies beside the elements of a kernel by group. */
export function axesOf(over: Factor["over"], [groups, outs, ins, taps]: KernelSplit): Shape {
  const axes: Readonly<Record<Factor["over"], Shape>> = {
    out: [groups, outs, 1, 1],
    in: [groups, 1, ins, 1],
    tap: [1, 1, 1, taps],
  };
  return axes[over];
}

/** A factor [N,experts,blocks], repeated for each element of its axis, under the shape `to`. */
export function emitSpread(e: GraphEmitter, label: string, factor: EmittedFactor, to: Shape): string {
  const { value, samples, experts, blocks, extent } = factor;
  const from = [samples, experts, extent];
  const whole =
    blocks === extent
      ? value
      : e.op("Gather", `${label}/repeated`, [value, e.ints(repeatEach(blocks, extent))], from, { axis: 2 });
  return e.reshape(label, whole, from, to);
}

/** For each of `count` elements, the index of the block, of `blocks`, that it falls into. */
export function repeatEach(blocks: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor((index * blocks) / count));
}
