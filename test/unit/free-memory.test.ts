import { expect, it } from "vitest";
import { freeMemory } from "../../src/base/bytes/free-memory.js";

it("memory that is given back is empty at once, and the process soon holds less", async () => {
  const buffers = Array.from({ length: 4 }, () => new Float32Array(2 ** 20).fill(1).buffer);
  const held = process.memoryUsage().arrayBuffers;
  freeMemory(buffers);
  expect(buffers.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0]);
  await expect.poll(() => process.memoryUsage().arrayBuffers).toBeLessThanOrEqual(held - 3 * 2 ** 22);
});
