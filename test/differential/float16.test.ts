/** `--dtype float16`: half precision against float32. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.js";
import type { CompileOptions } from "../../src/compile-options.js";
import { dense } from "../../src/ops/dense-tensor.js";
import { crop, imageToTensor, tensorToImage } from "../../src/runtime/image.js";
import { readImage } from "../../src/runtime/image-node.js";
import { psnr } from "../../src/runtime/metrics.js";
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
        return { bytes: bytes.length, quality: psnr(image, truth, { shave: scale, color: "rgb" }) };
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
    expect(onnx.graph.output.every(({ type }) => type.elem_type === "FLOAT")).toBe(true);
  });
});

it("refuses weights beyond half precision's range, and names the tensor", async () => {
  const model = await importStore(await openFixture("models", "nsr-x3", "checkpoint.pt"));
  const tensors = new Map([...model.weights.tensors]);
  const large = tensors.get("body.0.weight")!;
  const read = async () => (await large.read()).map((value: number) => value * 1e6);
  tensors.set("body.0.weight", { ...large, read } as typeof large);
  const { model: onnx } = compile(model.spec, { ...model.weights, tensors }, HALF);
  await expect(encoded(onnx)).rejects.toMatchObject({
    diagnostics: [{ message: expect.stringContaining("body.0.weight") }],
  });
});
