import { randomNumbers } from "../../src/base/random.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";

/** Values within a third around a little above zero, always the same for a seed. */
export function randomTensor(shape: readonly number[], seed: number): LazyTensor {
  const next = randomNumbers(seed);
  const count = shape.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: count }, () => (next() - 0.4) / 3);
  return { shape, read: async () => values };
}
