/** Networks whose weights are stored in half precision, in files with metadata, are those of the widened numbers. */
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { openWeights } from "../../src/files/open.js";
import { prefixFinder } from "../../src/frontends/checkpoints/architecture.js";
import { importModel } from "../../src/frontends/checkpoints/import.js";
import { float16ToFloat32, float32ToFloat16Bits } from "../../src/tensors/half-float.js";
import { elementCount, type TensorData, type TensorStore } from "../../src/tensors/tensor.js";
import { openFixture } from "../support/fixtures.js";
import { concat, utf8 } from "./weights-sources.js";

interface Half {
  readonly name: "F16" | "BF16" | "F32";
  readonly bytes: number;
  /** The number that is stored in place of one. */
  round(values: TensorData): Float32Array;
  encode(values: Float32Array): Uint8Array;
}

const bits = (values: Float32Array): Uint32Array => new Uint32Array(Float32Array.from(values).buffer);

const F16: Half = {
  name: "F16",
  bytes: 2,
  round: (values) => float16ToFloat32(float32ToFloat16Bits(values)),
  encode: (values) => new Uint8Array(float32ToFloat16Bits(values).buffer),
};
const BF16: Half = {
  name: "BF16",
  bytes: 2,
  round: (values) => new Float32Array(bits(Float32Array.from(values)).map((each) => each & 0xffff0000).buffer),
  encode: (values) => new Uint8Array(Uint16Array.from(bits(values), (each) => each >>> 16).buffer),
};
const F32: Half = {
  name: "F32",
  bytes: 4,
  round: (values) => Float32Array.from(values),
  encode: (values) => new Uint8Array(Float32Array.from(values).buffer),
};

/** A safetensors file with metadata, each tensor stored in the format that is given for it. */
async function safetensors(store: TensorStore, formatOf: (name: string) => Half, prefix: string) {
  const header: Record<string, unknown> = { __metadata__: { format: "pt", "modelspec.architecture": "nsr", a: "{}" } };
  const data: Uint8Array[] = [];
  let at = 0;
  for (const [name, tensor] of store.tensors) {
    const format = formatOf(name);
    const end = at + format.bytes * elementCount(tensor.shape);
    header[prefix + name] = { dtype: format.name, shape: tensor.shape, data_offsets: [at, end] };
    data.push(format.encode(format.round(await tensor.read())));
    at = end;
  }
  const json = utf8(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  const file = bytesSource("half.safetensors", concat(length, json, ...data));
  return openWeights(file, { findPrefixes: prefixFinder(undefined) });
}

/** The same with the rounded numbers in float32. */
function rounded(store: TensorStore, formatOf: (name: string) => Half): TensorStore {
  const tensors = [...store.tensors.values()].map(
    (tensor) =>
      [tensor.name, { ...tensor, read: async () => formatOf(tensor.name).round(await tensor.read()) }] as const,
  );
  return { ...store, tensors: new Map(tensors) };
}

async function bytesOf(store: TensorStore): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of importModel(store).weights.chunks()) parts.push(Uint8Array.from(chunk));
  return concat(...parts);
}

describe.each([
  ["float16", () => F16],
  ["bfloat16", () => BF16],
  ["float16 but for the biases", (name: string) => (name.endsWith("bias") ? F32 : F16)],
] as const)("a network in %s", (_, formatOf) => {
  it.each(["", "module.", "params_ema."])("is that of the widened numbers, under %j", async (prefix) => {
    const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    const half = await safetensors(store, formatOf, prefix);
    expect(half.metadata.get("format")).toBe("pt");
    const got = await bytesOf(half);
    expect(Buffer.from(got).equals(await bytesOf(rounded(store, formatOf)))).toBe(true);
    expect(Buffer.from(got).equals(await bytesOf(store)), "other than unrounded").toBe(false);
  });
});
