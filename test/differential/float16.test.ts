/** `--dtype float16`: half precision against float32. */

import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.js";
import type { CompileOptions } from "../../src/compile-options.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { elementCode } from "../../src/onnx/graph/element-types.js";
import { crop, imageToTensor, tensorToImage } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { picturePsnr } from "../../src/pictures/metrics.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { checkHalfRange } from "../../src/verify/half-range.js";
import {
  fixture,
  importOracle,
  importStore,
  ORACLE_CASES,
  openFixture,
  readJson,
  readTensors,
} from "../support/fixtures.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";

/** Half precision has 11 bits; these networks have up to ten layers behind one another. */
const TOLERANCE = 2e-2;
const MOST_LOST = 0.05;
const HALF: CompileOptions = { dtype: "float16" };

describe.each(["nsr-x2", "nsr-x3", "nsr-denoise25", "nsr-jpeg10"])("%s", (name) => {
  it("loses less than 0.05 dB, and half of the file", async () => {
    const { task, scale } = readJson<{ readonly task: string; readonly scale: number }>("models", name, "info.json");
    const file = scale === 1 ? "coffee-crop.png" : "coffee.png";
    const read = (folder: string) => readImage(fixture("photographs", folder, file), () => {});
    const input = crop(await read(task), 40, 30, 60, 48);
    const truth = crop(await read("hr"), 40 * scale, 30 * scale, 60 * scale, 48 * scale);
    const { shape, data } = imageToTensor(input);
    const model = await importStore(await openFixture("models", name, "checkpoint.pt"));
    const results = await Promise.all(
      [{}, HALF].map(async (options) => {
        const bytes = await encoded(compile(model.spec, model.weights, options).model);
        const [result] = await runGraph(bytes, [new Map([["x", dense(shape, data)]])]);
        const y = result!.get("y")!;
        const image = tensorToImage({ shape: y.shape, data: Float32Array.from(y.data) });
        return { bytes: bytes.length, quality: picturePsnr(image, truth, { shave: scale, color: "rgb" }) };
      }),
    );
    const [single, half] = results as [(typeof results)[number], (typeof results)[number]];
    expect(single.quality - half.quality).toBeLessThan(MOST_LOST);
    expect(half.bytes).toBeLessThan(0.65 * single.bytes);
  });
});

describe.each(ORACLE_CASES)("$name", (each) => {
  it("computes in half precision what it is to compute", async () => {
    const [model, io] = await Promise.all([importOracle(each), readTensors("oracle", each.name, "io.safetensors")]);
    const inputs = new Map(model.spec.inputs.map(({ name }) => [name, io.get(name)!]));
    const { model: onnx } = compile(model.spec, model.weights, { ...HALF, exposeBeta: true });
    const [result] = await runGraph(await encoded(onnx), [inputs]);
    expect(relativeError(result!.get("y")!, io.get("y")!)).toBeLessThanOrEqual(TOLERANCE);
    expect(onnx.graph.output.every(({ type }) => type?.tensor_type?.elem_type === elementCode("FLOAT"))).toBe(true);
  });
});

/** A network with one layer's weights multiplied. */
async function withLarge(layer: string, factor: number) {
  const model = await importStore(await openFixture("models", "nsr-x3", "checkpoint.pt"));
  const tensors = new Map([...model.weights.tensors]);
  const large = tensors.get(`${layer}.weight`)!;
  const read = async () => (await large.read()).map((value: number) => value * factor);
  tensors.set(`${layer}.weight`, { ...large, read } as typeof large);
  return { spec: model.spec, weights: { ...model.weights, tensors } };
}

it("refuses weights beyond half precision's range, and names the tensor", async () => {
  const { spec, weights } = await withLarge("body.0", 1e6);
  await expect(encoded(compile(spec, weights, HALF).model)).rejects.toMatchObject({
    diagnostics: [{ message: expect.stringContaining("body.0.weight") }],
  });
});

describe("values on samples", () => {
  const feeds = new Map([["x", { shape: [1, 3, 9, 8], data: new Float32Array(216).fill(8) }]]);
  const check = (model: Awaited<ReturnType<typeof withLarge>>, options: CompileOptions = HALF) =>
    checkHalfRange(model, options, [{ label: "a picture", feeds }], (bytes) =>
      createNodeSession(bytes, { target: "cpu" }),
    );

  it("beyond half precision's range are refused with the first layer that makes them, in whatever context", async () => {
    const model = await withLarge("body.2.body.0", 6e4);
    for (const options of [
      HALF,
      { ...HALF, target: "webgpu", batch: 4 } as const,
      { ...HALF, context: "patch" } as const,
    ])
      await expect(check(model, options)).rejects.toMatchObject({
        diagnostics: [
          { code: "float16/overflow", place: "body.2.body.0", message: expect.stringMatching(/reach .* on a picture/) },
        ],
      });
  });

  it("within it are told with the largest, and what rounding costs", async () => {
    const [cost] = await check(await withLarge("body.2.body.0", 1e2));
    expect(cost!.largest.layer).toMatch(/^body\./);
    expect(cost!.largest.value).toBeGreaterThan(10);
    expect(cost!.rmse).toBeGreaterThan(0);
    expect(cost!.maxError).toBeGreaterThanOrEqual(cost!.rmse);
  });
});

it.each(["dynamic", 2] as const)(
  "takes the squares of a demodulation in float32: small weights are not lost, with a batch of %s",
  async (batch) => {
    const name = "modulated-conv";
    const model = await importOracle(ORACLE_CASES.find((each) => each.name === name)!);
    const small = { ...model.weights.tensors.get("weight")! };
    const read = async () => (await small.read()).map((value: number) => value * 1e-4);
    const tensors = new Map([...model.weights.tensors, ["weight", { ...small, read } as typeof small]]);
    const io = await readTensors("oracle", name, "io.safetensors");
    const inputs = new Map(model.spec.inputs.map((input) => [input.name, io.get(input.name)!]));
    const run = async (options: CompileOptions) => {
      const { model: onnx } = compile(model.spec, { ...model.weights, tensors }, { ...options, batch });
      return (await runGraph(await encoded(onnx), [inputs]))[0]!.get("y")!;
    };
    expect(relativeError(await run(HALF), await run({ winograd: false }))).toBeLessThanOrEqual(TOLERANCE);
  },
);
