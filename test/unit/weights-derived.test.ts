/** Tensors that are others in another shape or order. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { permuted, remembered, reshaped, sliced } from "../../src/tensors/derived.js";
import { type LazyTensor, partsOf } from "../../src/tensors/tensor.js";

/** A tensor of 0, 1, 2, …. */
function counting(shape: readonly number[]): LazyTensor {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
  return { shape, read: async () => values };
}

async function joined(tensor: LazyTensor): Promise<readonly number[]> {
  const all: number[] = [];
  for await (const part of partsOf(tensor)) all.push(...part);
  return all;
}

/** By the definition: element i of the result is the source's element whose index on axis perm[a] is i[a]. */
function expected(shape: readonly number[], perm: readonly number[]): readonly number[] {
  const result: number[] = [];
  const index = shape.map(() => 0);
  const walk = (axis: number): void => {
    if (axis === perm.length) {
      result.push(index.reduce((at, i, a) => at * shape[a]! + i, 0));
      return;
    }
    for (let i = 0; i < shape[perm[axis]!]!; i++) {
      index[perm[axis]!] = i;
      walk(axis + 1);
    }
  };
  walk(0);
  return result;
}

const permutation = (rank: number) =>
  fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank, maxLength: rank });
const shapeAndOrder = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
  .chain((shape) => fc.tuple(fc.constant(shape), permutation(shape.length)));

it("are reordered as the definition says", async () => {
  await fc.assert(
    fc.asyncProperty(shapeAndOrder, async ([shape, perm]) => {
      const tensor = permuted(counting(shape), perm);
      expect(tensor.shape).toEqual(perm.map((axis) => shape[axis]));
      expect([...(await tensor.read())]).toEqual(expected(shape, perm));
    }),
  );
});

it("have their values in parts, without a copy, where long runs stay together", async () => {
  for (const [shape, perm] of [
    [
      [3, 2, 5000],
      [1, 0, 2],
    ],
    [
      [2, 3, 2, 64, 64],
      [2, 0, 1, 3, 4],
    ],
  ] as const) {
    const source = counting(shape);
    const tensor = reshaped(permuted(source, perm), [shape.reduce((a, b) => a * b, 1)]);
    expect(await joined(tensor)).toEqual([...(await tensor.read())]);
    const { buffer } = await source.read();
    for await (const part of partsOf(tensor)) expect(part.buffer).toBe(buffer);
  }
});

it("have one part otherwise", async () => {
  const tensor = permuted(counting([300, 20]), [1, 0]);
  expect(tensor.parts).toBeUndefined();
  expect(await joined(tensor)).toEqual([...(await tensor.read())]);
});

it("are refused another number of elements", () => {
  expect(() => reshaped(counting([2, 3]), [7])).toThrow(RangeError);
});

it("are read once where parts of them are taken one after the other", async () => {
  let reads = 0;
  const source = counting([2, 6]);
  const tensor = remembered({
    shape: source.shape,
    read: () => {
      reads++;
      return source.read();
    },
  });
  const parts = [0, 2, 4].map((start) => sliced(tensor, 1, start, start + 2));
  const values = [];
  for (const part of parts) values.push([...(await part.read())]);
  expect(values).toEqual([
    [0, 1, 6, 7],
    [2, 3, 8, 9],
    [4, 5, 10, 11],
  ]);
  expect(reads).toBe(1);
});
