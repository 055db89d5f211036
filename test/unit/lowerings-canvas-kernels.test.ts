/** Constant kernels of layers on a canvas: the file holds them as they are, ONNX Runtime takes them to the points. */
import { readFile } from "node:fs/promises";
import { InferenceSession } from "onnxruntime-node";
import { afterAll, describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { temporaryFolder } from "../support/cli.js";
import { encoded } from "../support/sessions.js";

const CHANNELS = 32;
const LAYERS = 6;
const KERNEL_BYTES = CHANNELS * CHANNELS * 9 * 4;
const ORIGIN = { layer: "test", pointer: "" } as const;
const PLACE = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;

function random(shape: readonly number[], seed: number): LazyTensor {
  const next = randomNumbers(seed);
  const count = shape.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: count }, () => (next() - 0.5) / 4);
  return { shape, read: async () => values };
}

/** Convolutions one after the other; the last two have the same kernel. */
function chain(batch: number | "N"): Graph {
  const constants = new Map<string, LazyTensor>();
  const nodes: Node[] = [];
  for (let n = 0; n < LAYERS; n++) {
    const kernel = `${Math.min(n, LAYERS - 2)}.weight`;
    constants.set(kernel, random([CHANNELS, CHANNELS, 3, 3], n + 1));
    const inputs = [n === 0 ? "x" : `conv.${n - 1}`, kernel];
    nodes.push({ op: "conv", name: `conv.${n}`, inputs, attributes: PLACE, origin: ORIGIN });
  }
  const shape = [batch === "N" ? symbol("N") : batch, CHANNELS, symbol("H"), symbol("W")];
  return {
    name: "chain",
    inputs: [{ name: "x", shape }],
    constants,
    nodes,
    outputs: [{ name: "y", value: `conv.${LAYERS - 1}` }],
    betas: [],
  };
}

describe.each([1, "N"] as const)("a batch of %s", (batch) => {
  const folder = temporaryFolder();
  afterAll(folder.remove);
  const graphOf = (lowering: string) => encoded(compileGraph(chain(batch), { lowering }).model);

  it("is written in a file of the size of its weights, equal ones once", async () => {
    const weights = (LAYERS - 1) * KERNEL_BYTES;
    for (const lowering of ["winograd-f4x4", "winograd-f6x6"]) {
      const { length } = await graphOf(lowering);
      expect(length).toBeGreaterThan(weights);
      expect(length).toBeLessThan(1.05 * weights + 100_000);
    }
  });

  it("has no product with a kernel left when a session is open", async () => {
    const optimizedModelFilePath = folder.at("optimised.onnx");
    const bytes = await graphOf("winograd-f6x6");
    const before = (await decodeGraph(bytesSource("graph", bytes))).message;
    expect(kernelSteps(before.graph.node.map(({ name = "" }) => name))).toHaveLength(LAYERS - 1);
    // Below the layout of kernels for this machine's convolutions, at which ONNX Runtime warns.
    const session = await InferenceSession.create(bytes, {
      optimizedModelFilePath,
      graphOptimizationLevel: "extended",
    });
    await session.release();
    const { message } = await decodeGraph(bytesSource("optimised", await readFile(optimizedModelFilePath)));
    expect(kernelSteps(message.graph.node.map(({ name = "" }) => name))).toEqual([]);
  });

  it.each(["cpu", "wasm"] as const)("computes what plain convolutions do on %s", async (target) => {
    const shape = [batch === "N" ? 2 : 1, CHANNELS, 21, 131];
    const next = randomNumbers(3);
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => next() - 0.5);
    const run = async (lowering: string): Promise<Float32Array> => {
      const session = await createNodeSession(
        { name: lowering, bytes: await graphOf(lowering) },
        { target, threads: 1 },
      );
      const results = await session.run(new Map([["x", { data, shape }]]));
      await session.release();
      return results.get("y")!.data;
    };
    const expected = await run("direct");
    const values = await run("winograd-f4x4");
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const error = values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(error / largest).toBeLessThan(1e-5);
  });
});

/** The nodes that take a kernel to the points. */
function kernelSteps(nodes: readonly string[]): readonly string[] {
  return nodes.filter((name) => /^\d+\.weight\//.test(name));
}
