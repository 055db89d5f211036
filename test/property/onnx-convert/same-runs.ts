/** A model in its own opset and raised, both run by ONNX Runtime as they stand. */
import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import { bytesSource, collect } from "../../../src/base/bytes/byte-source.js";
import { checkFile } from "../../../src/onnx/check/check-model.js";
import { type RaisedOpset, raiseOpset } from "../../../src/onnx/convert/raise-opset.js";
import { decodeModel } from "../../../src/onnx/decode.js";
import { encodeModel } from "../../../src/onnx/encode.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { type Plain, writeRecord } from "../../unit/onnx-support/write-record.js";

export type Feeds = Readonly<Record<string, ort.Tensor>>;

export function bytesOf(model: Plain): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(writeRecord("ModelProto", model));
}

export async function raisePlain(model: Plain): Promise<RaisedOpset> {
  const source = bytesSource("old.onnx", bytesOf(model));
  return raiseOpset((await decodeModel(source)).message, await loadSchemas());
}

/** Expects that a model can be raised, is valid then, and gives the same numbers. Returns the operators of its graph. */
export async function expectSameRuns(old: Uint8Array<ArrayBuffer>, feeds: Feeds): Promise<readonly string[]> {
  const source = bytesSource("old.onnx", old);
  const raised = raiseOpset((await decodeModel(source)).message, await loadSchemas());
  if (!("model" in raised)) throw new Error(raised.refused.map(({ reason }) => reason).join("; "));
  const bytes = await collect(encodeModel(raised.model).model);
  const errors = (await checkFile(bytesSource("new.onnx", bytes), { full: true })).filter(
    (f) => f.severity === "error",
  );
  expect(errors).toEqual([]);
  expect(await run(bytes, feeds)).toEqual(await run(old, feeds));
  return raised.model.graph!.node.map(({ op_type = "" }) => op_type);
}

interface Output {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

export async function run(model: Uint8Array, feeds: Feeds): Promise<Readonly<Record<string, Output>>> {
  const session = await ort.InferenceSession.create(model, {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const outputs = await session.run(feeds);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { type, dims, data }]) => [name, { type, dims: [...dims], data }]),
    );
  } finally {
    await session.release();
  }
}

/** Numbers from -3 to 3, of which some are equal. */
export function floatsOf(dims: readonly number[], seed: number): ort.Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  let state = seed * 2654435761 + 12345;
  const data = Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round((state / 2 ** 32 - 0.5) * 96) / 16;
  });
  return new ort.Tensor("float32", data, [...dims]);
}
