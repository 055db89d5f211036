import { describe, expect, it } from "vitest";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";

const registry = await loadSchemas();

describe("the operator signatures", () => {
  it("are all that onnx 1.23.1 registers", () => {
    const all = [...registry.all()];
    expect([registry.onnxVersion, registry.irVersion, all.length]).toEqual(["1.23.1", 14, 659]);
    expect(new Set(all.map((s) => s.domain))).toEqual(
      new Set(["", "ai.onnx.ml", "ai.onnx.preview", "ai.onnx.preview.training"]),
    );
  });

  it("are found by the opset version in force", () => {
    const since = (name: string, version: number) => registry.find("", name, version)?.sinceVersion;
    expect([1, 10, 11, 12, 21, 22, 999].map((version) => since("Conv", version))).toEqual([1, 1, 11, 11, 11, 22, 22]);
    expect([since("LayerNormalization", 16), since("LayerNormalization", 17)]).toEqual([undefined, 17]);
    expect([since("constructor", 21), since("__proto__", 21), registry.find("x", "Conv", 21)]).toEqual([
      undefined,
      undefined,
      null,
    ]);
  });

  it("tell parameters, attributes and types", () => {
    const conv = registry.find("", "Conv", 17)!;
    expect(conv.inputs.map((p) => [p.name, p.type, p.option])).toEqual([
      ["X", "T", "single"],
      ["W", "T", "single"],
      ["B", "T", "optional"],
    ]);
    expect(conv.inputs[0]!.types).toEqual(new Set(["tensor(float)", "tensor(float16)", "tensor(double)"]));
    expect([conv.inputCount, conv.outputCount]).toEqual([
      { min: 2, max: 3, allowed: null },
      { min: 1, max: 1, allowed: null },
    ]);
    expect(conv.attributes.get("kernel_shape")).toEqual({ name: "kernel_shape", type: "INTS", required: false });
    const cast = registry.find("", "Cast", 17)!;
    expect(cast.attributes.get("to")).toMatchObject({ type: "INT", required: true });
    const concat = registry.find("", "Concat", 17)!;
    expect(concat.inputs[0]).toMatchObject({ option: "variadic", homogeneous: true, minArity: 1 });
    expect(concat.inputCount.max).toBe(2 ** 31 - 1);
  });

  it("tell what no accessor of onnx tells", () => {
    expect(registry.find("", "BatchNormalization", 9)!.outputCount.allowed).toEqual([1, 5]);
    expect(registry.find("", "BatchNormalization", 15)!.outputCount.allowed).toEqual([1, 3]);
    const unchecked = [...registry.all()].filter((s) => s.allowsUncheckedAttributes).map((s) => s.name);
    expect(unchecked).toEqual(["LayerNormalization"]);
    expect(registry.find("", "Upsample", 10)).toMatchObject({ deprecated: true });
    expect(registry.find("", "Conv", 17)).toMatchObject({ hasInference: true, hasFunctionBody: false });
    expect(registry.find("", "Relu", 17)).toMatchObject({ hasInference: true, hasFunctionBody: true });
  });
});
