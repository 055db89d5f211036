/** Models of older opsets, raised, and why some are not. */
import { bytesSource } from "../../../src/base/bytes/byte-source.js";
import { type RaisedOpset, raiseOpset } from "../../../src/onnx/convert/raise-opset.js";
import { decodeModel } from "../../../src/onnx/decode.js";
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { FLOAT, type ModelParts, modelOf, value } from "../../property/onnx-convert/models.js";
import { bytesOf } from "../../property/onnx-convert/same-runs.js";
import type { Plain } from "../onnx-support/write-record.js";

export const schemas = await loadSchemas();

export async function decoded(model: Plain): Promise<ModelProto> {
  return (await decodeModel(bytesSource("old.onnx", bytesOf(model)))).message;
}

export async function raised(model: Plain): Promise<RaisedOpset> {
  return raiseOpset(await decoded(model), schemas);
}

/** A model from x to y, both [2, 3] unless said otherwise. */
export function fromXToY(opset: number, nodes: readonly Plain[], parts: Partial<ModelParts> = {}): Plain {
  return modelOf({ opset, nodes, inputs: [value("x", FLOAT, [2, 3])], outputs: [value("y", FLOAT, [2, 3])], ...parts });
}

export async function reasons(model: Plain): Promise<readonly string[]> {
  const result = await raised(model);
  return "refused" in result ? result.refused.map(({ place, reason }) => `${place}: ${reason}`) : [];
}

export function modelIn(result: RaisedOpset): ModelProto {
  if ("refused" in result) throw new Error(result.refused.map(({ reason }) => reason).join("; "));
  return result.model;
}
