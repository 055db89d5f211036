/** Whether a raised kernel has the numbers that the graph computes. */
import { type DenseTensor, dense, mapDense } from "../../../ir/ops/dense-tensor.js";
import { mixBias, mixKernel } from "../../../ir/ops/mixture.js";
import { oneHot } from "../../../ir/ops/one-hot.js";
import { pick } from "../../../ir/ops/pick.js";
import type { Window } from "../../../ir/ops/windows.js";
import type { LazyTensor } from "../../../tensors/tensor.js";
import { NotRead, type SourceNode } from "../reading.js";
import { mixConvAttributes, picksOf } from "./emit.js";
import { sizeOfSteps } from "./normal-form.js";
import type { RaisedFactor, RaisedKernel } from "./raise-kernel.js";

/** ONNX Runtime on a graph as it is, for comparisons that decide what is done to it. */
export interface SourceRunner {
  /**
   * Values of the main graph for random inputs. @param seed of the inputs
   * @returns null where the graph cannot be run
   */
  values(names: readonly string[], seed: number): Promise<ReadonlyMap<string, DenseTensor> | null>;
  /**
   * Whether numbers differ by no more than rounding.
   * @param cancellation how much larger the terms are than the sums that they leave
   */
  agrees(actual: DenseTensor, expected: DenseTensor, cancellation: number): boolean;
}

/** The values that a comparison needs. */
export function gatedValues(conv: SourceNode, { factors }: RaisedKernel): readonly string[] {
  const kernel = [conv.input(1)!, conv.input(2)].filter((name) => name !== undefined);
  return [...kernel, ...factors.map(({ name }) => name)];
}

/** @throws NotRead where the raised kernel or bias has other numbers than the graph's */
export async function checkRaised(
  conv: SourceNode,
  raised: RaisedKernel,
  values: ReadonlyMap<string, DenseTensor>,
  agrees: SourceRunner["agrees"],
): Promise<void> {
  const { kernel, groups, perGroup, bias } = raised;
  const window: Window = { kernel, stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0] };
  const attributes = mixConvAttributes(raised, window);
  const channels = perGroup * groups;
  const factors = raised.factors.map((factor) => factorValue(factor, values));
  const parts: readonly Compared[] = [
    { what: "kernel", name: conv.input(1)!, mix: mixKernel, bank: await read(raised.bank) },
    ...(bias?.kind === "bank"
      ? [{ what: "bias", name: conv.input(2)!, mix: mixBias, bank: await read(bias.tensor) }]
      : []),
  ];
  for (const { what, name, mix, bank } of parts) {
    const mixed = mix(attributes, channels, bank, factors, 0);
    const expected = values.get(name)!;
    if (agrees(mixed, expected, 1)) continue;
    const plain = { ...attributes, demodulate: null };
    const sums = mix(plain, channels, bank, factors, 0);
    const terms = mix(
      plain,
      channels,
      mapDense(bank, Math.abs),
      factors.map((each) => mapDense(each, Math.abs)),
      0,
    );
    if (!agrees(mixed, expected, largest(terms) / largest(sums)))
      throw new NotRead(`smxc read its ${what} as a mixture, but the values differ from those of the graph`);
  }
}

interface Compared {
  readonly what: string;
  readonly name: string;
  readonly mix: typeof mixKernel;
  readonly bank: DenseTensor;
}

function largest({ data }: DenseTensor): number {
  return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

async function read(tensor: LazyTensor): Promise<DenseTensor> {
  return dense(tensor.shape, await tensor.read());
}

/** α [1, experts or 1, blocks], as `emitMixConv` emits it. */
function factorValue(factor: RaisedFactor, values: ReadonlyMap<string, DenseTensor>): DenseTensor {
  const picked = pick.evaluate(picksOf(factor), [values.get(factor.name)!]);
  const value = { shape: [1, sizeOfSteps(factor.experts), sizeOfSteps(factor.blocks)], data: picked.data };
  return factor.isChoice ? oneHot.evaluate({}, [value]) : value;
}
