/** `smxc/onnx`: what programs work on ONNX files with. */
import { readFileSync } from "node:fs";
import onnxProto from "onnx-proto";
import { describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { MadeBytes } from "../../src/onnx/graph/blob.js";
import {
  build,
  type CheckOptions,
  checkBytes,
  checkModel,
  diffModels,
  elementTypeName,
  fromOnnxProto,
  HeldBytes,
  inferTypes,
  isValid,
  type ModelProto,
  readModel,
  SmxcError,
  showType,
  tensorBytes,
  toBytes,
  toOnnxProto,
  walkModel,
  writeModel,
  writeModelWithData,
} from "../../src/onnx/index.js";
import { FULL_CASES } from "../errors/onnx-rules/full.js";
import { GRAPH_AND_NODE_CASES } from "../errors/onnx-rules/graph-and-node.js";
import { STRICT_CASES } from "../errors/onnx-rules/strict.js";
import { TENSOR_AND_FUNCTION_CASES } from "../errors/onnx-rules/tensor-and-function.js";
import { WIRE_AND_MODEL_CASES } from "../errors/onnx-rules/wire-and-model.js";
import { fixture } from "../support/fixtures.js";

const SQUEEZENET = readFileSync(fixture("onnx", "models", "light_squeezenet.onnx"));

function product(weights: (length: number) => Float32Array): ModelProto {
  const read = async () => weights(64 * 64);
  return build.model({
    ir_version: 8,
    opset_import: [build.opset(17)],
    graph: build.graph({
      name: "g",
      input: [build.valueInfo("x", "FLOAT", ["N", 64])],
      output: [build.valueInfo("y", "FLOAT", ["N", 64])],
      initializer: [build.floatTensor("w", "FLOAT", { shape: [64, 64], read })],
      node: [build.node("MatMul", ["x", "w"], ["y"])],
    }),
  });
}

const HALVES = product((length) => new Float32Array(length).fill(0.5));

async function refusal(work: () => unknown): Promise<SmxcError> {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof SmxcError) return cause;
    throw cause;
  }
  throw new Error("it was not refused");
}

describe("the package", () => {
  it("exports this, by its own name", async () => {
    const entry: object = await import("smxc/onnx" as string);
    expect(Object.keys(entry).sort()).toEqual([
      "HeldBytes",
      "SmxcError",
      "build",
      "checkBytes",
      "checkModel",
      "diffModels",
      "elementCode",
      "elementTypeName",
      "floatsOf",
      "fromOnnxProto",
      "inferTypes",
      "isFullyValid",
      "isValid",
      "readModel",
      "showType",
      "tensorBytes",
      "toBytes",
      "toOnnxProto",
      "walkModel",
      "writeModel",
      "writeModelWithData",
    ]);
  });
});

describe("readModel and writeModel", () => {
  it("take and give the same content, from bytes, Blobs and sources", async () => {
    const bytes = new Uint8Array(SQUEEZENET);
    const source = {
      name: "s",
      size: bytes.length,
      read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
      sha256: async () => "",
    };
    const model = await readModel(SQUEEZENET);
    const written = await toBytes(model);
    expect(writeModel(model).length).toBe(written.length);
    expect(await collect(writeModel(model))).toEqual(written);
    for (const given of [new Blob([bytes]), source]) expect(await toBytes(await readModel(given))).toEqual(written);
    expect((await diffModels(model, await readModel(written))).changes).toEqual([]);
  });

  it.each([
    ["onnx/wire-length", new Uint8Array(SQUEEZENET.subarray(0, 1000))],
    ["onnx/no-graph", Uint8Array.of(8, 8)],
    ["onnx/unknown-format", new TextEncoder().encode('{"format": "smxc"}')],
  ])("refuse what is no model: %s", async (code, bytes) => {
    const { diagnostics } = await refusal(() => readModel(bytes, "mine.onnx"));
    expect(diagnostics[0]).toMatchObject({ code, file: "mine.onnx" });
  });

  it("speak of what the library has, while they stream too", async () => {
    class Endless extends MadeBytes {
      readonly length = 2 ** 31;
      override async *produce(): AsyncIterable<Uint8Array> {}
    }
    const large = build.tensor("w", "UINT8", [2 ** 31], new Endless());
    const huge = build.model({ graph: build.graph({ initializer: [large] }) });
    const tooLarge = await refusal(() => writeModel(huge));
    expect(tooLarge.diagnostics[0]).toMatchObject({
      code: "onnx/model-too-large",
      hint: expect.stringContaining("writeModelWithData"),
    });
    expect((await checkModel(huge)).map(({ rule }) => rule)).toContain("onnx/model-size");
    const read = async () => Float32Array.of(1e6);
    const half = build.floatTensor("w", "FLOAT16", { shape: [1], read });
    const stream = writeModel(build.model({ graph: build.graph({ initializer: [half] }) }));
    const { diagnostics } = await refusal(() => collect(stream));
    expect(diagnostics[0]).toMatchObject({ code: "onnx/float16-overflow", hint: expect.not.stringContaining("--") });
  });

  it("put weights into a file of their own", async () => {
    const { data, model } = writeModelWithData(HALVES, { location: "w.data" });
    const bytes = await collect(data);
    const read = await readModel(await collect(model("0".repeat(64))));
    const weight = read.graph.initializer[0]!;
    const readExternal = async (location: string, offset: number, length: number | undefined) => {
      expect(location).toBe("w.data");
      return bytes.subarray(offset, length && offset + length);
    };
    expect(new Float32Array((await tensorBytes(weight, readExternal)).slice().buffer)).toEqual(
      new Float32Array(64 * 64).fill(0.5),
    );
    const there = await diffModels(HALVES, read, { readOtherExternal: readExternal });
    const back = await diffModels(read, HALVES, { readExternal });
    for (const { changes, weights } of [there, back]) expect([changes, weights.equal]).toEqual([[], 1]);
    const refused = [
      await refusal(() => diffModels(HALVES, read)),
      await refusal(() => diffModels(read, HALVES, { readOtherExternal: readExternal })),
    ];
    expect(refused.map(({ diagnostics }) => diagnostics[0])).toMatchObject([
      { code: "onnx/external-not-given", hint: expect.stringContaining("readOtherExternal") },
      { code: "onnx/external-not-given", hint: expect.stringContaining("readExternal") },
    ]);
  });
});

describe("onnx-proto's objects", () => {
  it("are of its class, and become the same record again", async () => {
    const object = await toOnnxProto(HALVES);
    expect(object).toBeInstanceOf(onnxProto.onnx.ModelProto);
    const { changes, weights } = await diffModels(HALVES, await fromOnnxProto(object));
    expect([changes, weights.equal]).toEqual([[], 1]);
  });
});

describe("checkModel", () => {
  it("tells of a record what checkBytes tells of its file", async () => {
    const broken = { ...HALVES, graph: { ...HALVES.graph!, node: [build.node("MatMul", ["x", "v"], ["y"])] } };
    const findings = await checkModel(broken, { strict: true });
    expect(findings).toEqual(await checkBytes(await toBytes(broken), { strict: true }));
    expect([isValid(findings), findings.length]).toEqual([false, 2]);
    expect(await checkModel(HALVES, { strict: true, full: true, target: "cpu" })).toEqual([]);
  });

  it("has a place for a field that was made", async () => {
    const unknown = [{ number: 99, wireType: 0, content: new HeldBytes(Uint8Array.of(0x98, 6, 1)) }];
    const [finding] = await checkModel({ ...HALVES, unknown }, { strict: true });
    expect(finding).toMatchObject({ rule: "onnx/strict-unknown-field", place: "model" });
  });

  it("says that external data was not looked for where there is no folder", async () => {
    const { data, model } = writeModelWithData(HALVES, { location: "w.data" });
    const read = await readModel(await collect(model("0".repeat(64))));
    const size = data.length;
    const of = async (options: CheckOptions) => (await checkModel(read, options)).map(({ rule }) => rule);
    expect(await of({})).toEqual(["onnx/external-not-checked"]);
    const file = { size, read: async (_: number, length: number) => new Uint8Array(length), close: async () => {} };
    const folder = { state: async () => "regular" as const, open: async () => file };
    expect(await of({ folder, strict: true })).toEqual([]);
    expect(await of({ folder: { ...folder, state: async () => "missing" } })).toEqual(["onnx/external-regular"]);
  });
});

describe("inferTypes", () => {
  it("follows shapes that are given", async () => {
    const types = await inferTypes(HALVES);
    expect(showType(types.get("y")!)).toBe("tensor(float)[N, 64]");
    const given = await inferTypes(HALVES, { shapes: new Map([["x", [16, 64]]]) });
    expect(given.get("y")).toEqual({ kind: "tensor", elem: 1, shape: [16, 64] });
    expect(elementTypeName(1)).toBe("FLOAT");
  });

  it("refuses all that do not fit", async () => {
    const shapes = new Map([
      ["x", [16, 65]],
      ["z", [1]],
    ]);
    const { kind, diagnostics } = await refusal(() => inferTypes(HALVES, { shapes }));
    expect([kind, diagnostics.map(({ code }) => code).sort()]).toEqual([
      "usage",
      ["onnx/no-such-input", "onnx/shape-misfit"],
    ]);
  });
});

describe("walkModel", () => {
  it("tells every node with its place", async () => {
    const places: string[] = [];
    walkModel(await readModel(SQUEEZENET), { node: ({ op_type }, place) => places.push(`${place} ${op_type}`) });
    expect(places.length).toBeGreaterThan(60);
    expect(places).toContain('graph.node[104] "n65" Softmax');
  });
});

it("nothing breaks down over models that break rules", async () => {
  const cases = { ...FULL_CASES, ...GRAPH_AND_NODE_CASES, ...STRICT_CASES, ...TENSOR_AND_FUNCTION_CASES };
  let count = 0;
  for (const { source } of Object.values({ ...cases, ...WIRE_AND_MODEL_CASES })) {
    const model = await readModel(source).catch((cause: unknown) => {
      expect(cause).toBeInstanceOf(SmxcError);
      return null;
    });
    if (model === null || source.size > 2 ** 30) continue;
    count++;
    await checkModel(model, { strict: true, full: true, target: "webgpu" });
    await inferTypes(model);
    walkModel(model, {});
    const again = await readModel(await toBytes(model));
    const { changes } = await diffModels(model, again, {
      readExternal: async () => new Uint8Array(),
      readOtherExternal: async () => new Uint8Array(),
    }).catch((cause: unknown) => {
      expect(cause).toBeInstanceOf(SmxcError);
      return { changes: [] };
    });
    expect(changes).toEqual([]);
  }
  expect(count).toBeGreaterThan(120);
});
