/** ONNX Runtime on the CPU provider, for graphs in memory. */

import { collect } from "../../src/base/bytes/byte-source.js";
import { type DenseTensor, dense } from "../../src/ir/ops/dense-tensor.js";
import { encodeModel } from "../../src/onnx/encode.js";
import type { ModelProto } from "../../src/onnx/graph/records.js";
import type { SessionOptions } from "../../src/sessions/session.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";

export type Values = ReadonlyMap<string, DenseTensor>;

export async function encoded(model: ModelProto): Promise<Uint8Array<ArrayBuffer>> {
  return collect(encodeModel(model).model);
}

/** Runs a graph on each of the feeds. */
export async function runGraph(
  bytes: Uint8Array,
  feeds: readonly Values[],
  optimization: NonNullable<SessionOptions["optimization"]> = "all",
): Promise<readonly Values[]> {
  const session = await createNodeSession({ name: "graph", bytes }, { target: "cpu", optimization, threads: 1 });
  try {
    const results: Values[] = [];
    for (const feed of feeds) {
      const outputs = await session.run(
        new Map([...feed].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }])),
      );
      results.push(new Map([...outputs].map(([name, { shape, data }]) => [name, dense(shape, data)])));
    }
    return results;
  } finally {
    await session.release();
  }
}

/** The samples of a batch, each as a batch of one. */
export function samples(batch: Values): readonly Values[] {
  const [first] = batch.values();
  return Array.from({ length: first!.shape[0]! }, (_, n) => {
    const rows = [...batch].map(([name, tensor]) => [name, rowOf(tensor, n)] as const);
    return new Map(rows);
  });
}

/** Row n of a tensor, with the batch axis kept. */
export function rowOf({ shape, data }: DenseTensor, n: number): DenseTensor {
  const size = data.length / shape[0]!;
  return { shape: [1, ...shape.slice(1)], data: data.slice(n * size, (n + 1) * size) };
}

/** Batches joined to one. */
export function joined(batches: readonly DenseTensor[]): DenseTensor {
  const size = batches.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return dense(
    [size, ...batches[0]!.shape.slice(1)],
    batches.flatMap(({ data }) => [...data]),
  );
}

/** Largest |actual − expected| relative to the largest |expected|; the shapes must be equal. */
export function relativeError(actual: DenseTensor, expected: DenseTensor): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  const magnitude = expected.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return absoluteError(actual, expected) / magnitude;
}

/** Largest |actual − expected|; infinite where a value is NaN. */
export function absoluteError(actual: DenseTensor, expected: DenseTensor): number {
  return expected.data.reduce((largest, value, i) => {
    const difference = Math.abs(value - actual.data[i]!);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }, 0);
}
