import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType, ModelProtoSchema, TensorProto_DataLocation } from "onnx-buf";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import type { SmxcError } from "../../src/base/diagnostics.js";
import { encodeIfItFits, encodeModel } from "../../src/onnx/encode.js";
import { EXTERNAL_DATA_SHA256 } from "../../src/onnx/external-hash.js";
import * as build from "../../src/onnx/graph/build.js";
import type { GraphProto, ModelProto, TensorProto } from "../../src/onnx/graph/records.js";
import type { TensorData } from "../../src/tensors/tensor.js";

function weights(name: string, dims: readonly number[], values: TensorData, log: string[] = []): TensorProto {
  const read = async (): Promise<TensorData> => {
    log.push(name);
    return values;
  };
  return build.floatTensor(name, "FLOAT", { shape: dims, read });
}

function ramp(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => i / 8);
}

const image = (name: string) => build.valueInfo(name, "FLOAT", ["N", 1, "H", "W"]);

function modelOf(graph: Partial<GraphProto>): ModelProto {
  return build.model({
    ir_version: 8,
    opset_import: [build.opset(17)],
    producer_name: "smxc",
    producer_version: "0.1.0",
    metadata_props: [build.property("__proto__", "ordinary")],
    graph: build.graph({ name: "g", input: [image("x")], output: [image("y")], ...graph }),
  });
}

const convolution = build.node("Conv", ["x", "w"], ["y"], {
  name: "conv",
  attribute: [build.attribute("kernel_shape", { ints: [3, 3] }), build.attribute("pads", { ints: [1, 1, 1, 1] })],
});

/** x + 1, where the 1 (large enough for the data file) lives inside the branch that is taken. */
function branching(dims: readonly number[]): ModelProto {
  const branch = (name: string, value: number): GraphProto =>
    build.graph({
      name,
      node: [build.node("Add", ["x", `${name}.c`], [`${name}.y`], { name })],
      initializer: [weights(`${name}.c`, dims, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value))],
      output: [build.valueInfo(`${name}.y`, "FLOAT")],
    });
  const attribute = [
    build.attribute("then_branch", { g: branch("then", 1) }),
    build.attribute("else_branch", { g: branch("else", 2) }),
  ];
  return modelOf({
    node: [build.node("If", ["c"], ["y"], { name: "if", attribute })],
    input: [image("x"), build.valueInfo("c", "BOOL", [])],
  });
}

async function encodeInside(model: ModelProto): Promise<Uint8Array<ArrayBuffer>> {
  return collect(encodeModel(model).model);
}

async function run(session: ort.InferenceSession, feeds: Record<string, ort.Tensor>): Promise<ort.Tensor> {
  return (await session.run(feeds)).y!;
}

describe("encodeModel", () => {
  it("writes what an independent reader reads", async () => {
    const model = modelOf({
      node: [
        {
          ...convolution,
          attribute: [
            build.attribute("group", { i: -3 }),
            build.attribute("alpha", { f: 0.25 }),
            build.attribute("mode", { s: "µ" }),
            build.attribute("scales", { floats: [1, 2.5] }),
            build.attribute("names", { strings: ["a", ""] }),
            build.attribute("empty", { ints: [] }),
          ],
        },
      ],
      initializer: [weights("w", [1, 1, 3, 3], ramp(9)), build.intTensor("shape", [2], [-1, 2 ** 40])],
      value_info: [build.valueInfo("v", "FLOAT16", [null, 0, "k"])],
    });
    const read = fromBinary(ModelProtoSchema, await encodeInside({ ...model, doc_string: "doc" }));
    expect([read.irVersion, read.producerName, read.producerVersion, read.docString]).toEqual([
      8n,
      "smxc",
      "0.1.0",
      "doc",
    ]);
    expect(read.opsetImport.map((o) => [o.domain, o.version])).toEqual([["", 17n]]);
    expect(read.metadataProps.map((p) => [p.key, p.value])).toEqual([["__proto__", "ordinary"]]);
    const [node] = read.graph!.node;
    expect(node!.attribute.map((a) => a.name)).toEqual(["group", "alpha", "mode", "scales", "names", "empty"]);
    expect(node!.attribute.map((a) => AttributeProto_AttributeType[a.type])).toEqual([
      "INT",
      "FLOAT",
      "STRING",
      "FLOATS",
      "STRINGS",
      "INTS",
    ]);
    expect(node!.attribute[0]!.i).toBe(-3n);
    expect(node!.attribute[1]!.f).toBe(0.25);
    expect(new TextDecoder().decode(node!.attribute[2]!.s)).toBe("µ");
    expect(node!.attribute[3]!.floats).toEqual([1, 2.5]);
    expect(node!.attribute[4]!.strings.map((s) => new TextDecoder().decode(s))).toEqual(["a", ""]);
    const [w, shape] = read.graph!.initializer;
    expect(new Float32Array(w!.rawData.slice().buffer)).toEqual(ramp(9));
    expect(new BigInt64Array(shape!.rawData.slice().buffer)).toEqual(BigInt64Array.of(-1n, 2n ** 40n));
    const type = read.graph!.valueInfo[0]!.type!.value;
    if (type.case !== "tensorType") throw new Error("expected a tensor type");
    expect(type.value.elemType).toBe(10);
    expect(type.value.shape!.dim.map((d) => d.value)).toEqual([
      { case: undefined },
      { case: "dimValue", value: 0n },
      { case: "dimParam", value: "k" },
    ]);
  });

  it("distinguishes a scalar from a value of unknown rank", async () => {
    const bytes = await encodeInside(
      modelOf({
        value_info: [build.valueInfo("scalar", "FLOAT", []), build.valueInfo("unranked", "FLOAT")],
      }),
    );
    const types = fromBinary(ModelProtoSchema, bytes).graph!.valueInfo.map((v) => v.type!.value);
    expect(types.map((t) => t.case === "tensorType" && t.value.shape !== undefined)).toEqual([true, false]);
  });

  it("rounds float64 weights to float32 and float16", async () => {
    const values = Float64Array.of(1 / 3, -0, 65504, 2 ** -25, 1 + 2 ** -11);
    const data = { shape: [5], read: async () => values };
    const bytes = await encodeInside(
      modelOf({
        initializer: [build.floatTensor("single", "FLOAT", data), build.floatTensor("half", "FLOAT16", data)],
      }),
    );
    const [single, half] = fromBinary(ModelProtoSchema, bytes).graph!.initializer;
    expect(new Float32Array(single!.rawData.slice().buffer)).toEqual(Float32Array.from(values));
    expect(new Uint16Array(half!.rawData.slice().buffer)).toEqual(Uint16Array.of(0x3555, 0x8000, 0x7bff, 0, 0x3c00));
  });

  it("refuses a finite weight that float16 cannot hold, and passes infinities on", async () => {
    const half = (values: number[]) =>
      build.floatTensor("w", "FLOAT16", { shape: [values.length], read: async () => Float32Array.from(values) });
    const refused = encodeInside(modelOf({ initializer: [half([1, 65520])] }));
    await expect(refused).rejects.toMatchObject({ diagnostics: [{ code: "onnx/float16-overflow", place: "w" }] });
    await expect(encodeInside(modelOf({ initializer: [half([Number.POSITIVE_INFINITY])] }))).resolves.toBeDefined();
  });

  it("reads each weight once, in order, and only while the stream is drained", async () => {
    const log: string[] = [];
    const initializer = ["a", "b", "c"].map((name) => weights(name, [1000], ramp(1000), log));
    const { model } = encodeModel(modelOf({ initializer }));
    expect(log).toEqual([]);
    let chunks = 0;
    for await (const chunk of model.chunks()) if (chunk.length === 4000) expect(log).toHaveLength(++chunks);
    expect(log).toEqual(["a", "b", "c"]);
  });

  it("announces the length that it writes, and the same bytes each time", async () => {
    const model = branching([1, 1, 16, 32]);
    const bytes = await encodeInside(model);
    expect(bytes.length).toBe(encodeIfItFits(model)?.model.length);
    expect(await encodeInside(model)).toEqual(bytes);
  });

  it("refuses to pass 2 GiB without a data file, and does not with one", async () => {
    const never = async (): Promise<TensorData> => {
      throw new Error("read while laying out");
    };
    const dims = [2 ** 29];
    const huge = modelOf({ initializer: [build.floatTensor("w", "FLOAT", { shape: dims, read: never })] });
    expect(encodeIfItFits(huge)).toBeNull();
    expect(() => encodeModel(huge)).toThrow(
      expect.objectContaining({
        diagnostics: [expect.objectContaining({ code: "onnx/model-too-large" })],
      }) as SmxcError,
    );
    const { data, model } = encodeModel(huge, { external: { location: "w.data" } });
    expect(data.length).toBe(2 ** 31);
    expect(model("0".repeat(64)).length).toBeLessThan(1000);
  });

  it("aligns external tensors and keeps small ones inside", async () => {
    const large = 2 ** 18;
    const sizes = { tiny: 255, first: 256, second: 300, large, last: 256 };
    const initializer = Object.entries(sizes).map(([name, size]) => weights(name, [size], ramp(size)));
    const encoded = encodeModel(modelOf({ initializer }), { external: { location: "m.onnx.data" } });
    const data = await collect(encoded.data);
    const sha256 = createHash("sha256").update(data).digest("hex");
    const read = fromBinary(ModelProtoSchema, await collect(encoded.model(sha256)));
    expect(read.metadataProps.map((p) => [p.key, p.value])).toContainEqual([EXTERNAL_DATA_SHA256, sha256]);
    const placed = read.graph!.initializer.map((t) => new Map(t.externalData.map((e) => [e.key, e.value])));
    expect(placed.map((entries) => [entries.get("offset"), entries.get("length")])).toEqual([
      [undefined, undefined],
      ["0", "1024"],
      ["1024", "1200"],
      ["4096", String(4 * large)],
      [String(4096 + 4 * large), "1024"],
    ]);
    for (const [i, tensor] of read.graph!.initializer.entries()) {
      if (tensor.dataLocation === TensorProto_DataLocation.DEFAULT) continue;
      expect(placed[i]!.get("location")).toBe("m.onnx.data");
      const at = Number(placed[i]!.get("offset"));
      const values = new Float32Array(data.slice(at, at + Number(placed[i]!.get("length"))).buffer);
      expect(values).toEqual(ramp(values.length));
    }
  });
});

describe("ONNX Runtime reads", () => {
  const x = new ort.Tensor("float32", ramp(25), [1, 1, 5, 5]);

  it("a convolution with its weights inside", async () => {
    const model = modelOf({
      node: [convolution],
      initializer: [weights("w", [1, 1, 3, 3], Float32Array.of(0, 0, 0, 0, 2, 0, 0, 0, 0))],
    });
    const session = await ort.InferenceSession.create(await encodeInside(model));
    expect((await run(session, { x })).data).toEqual(ramp(25).map((v) => 2 * v));
  });

  it("initializers of sub-graphs, inside the model and in a data file", async () => {
    const model = branching([16, 1, 5, 5]);
    const expected = ramp(25).map((v) => v + 1);
    const feeds = { x, c: new ort.Tensor("bool", [true], []) };
    const inside = await ort.InferenceSession.create(await encodeInside(model));
    const folder = await mkdtemp(join(tmpdir(), "smxc-encode-"));
    try {
      const encoded = encodeModel(model, { external: { location: "m.data" } });
      const data = await collect(encoded.data);
      expect(data.length).toBe(2 * 1600);
      await writeFile(join(folder, "m.data"), data);
      await writeFile(join(folder, "m.onnx"), await collect(encoded.model("0".repeat(64))));
      const outside = await ort.InferenceSession.create(join(folder, "m.onnx"));
      for (const session of [inside, outside]) {
        const y = await run(session, feeds);
        expect(y.dims).toEqual([16, 1, 5, 5]);
        expect((y.data as Float32Array).slice(0, 25)).toEqual(expected);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
