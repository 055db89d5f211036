import type { ModelProto } from "../graph/records.js";
import type { FaultKind } from "../infer/fault.js";
import { inferModel } from "../infer/infer-model.js";
import type { InferenceListener } from "../infer/setting.js";
import type { Schema, SchemaRegistry } from "../schemas/registry.js";
import type { Report } from "./context.js";
import type { RuleId } from "./rules.js";

const KIND_RULES: Readonly<Record<FaultKind, RuleId>> = {
  operator: "onnx/full-operator",
  signature: "onnx/full-signature",
  type: "onnx/full-type",
  rank: "onnx/full-rank",
  dimension: "onnx/full-dimension",
};

/**
 * What follows from types and shapes. Without `isFull` contradictions are warnings, and what is not inferred is not
 * reported. The model must be valid. Returns whether there was no contradiction.
 */
export function checkTypes(model: ModelProto, schemas: SchemaRegistry, isFull: boolean, report: Report): boolean {
  let isSound = true;
  let isFollowed = true;
  const reported = new Set<Schema>();
  const listener: InferenceListener = {
    contradiction: (kind, place, message, isCertain) => {
      isSound = false;
      report(KIND_RULES[kind], place, message, { severity: isFull && isCertain ? "error" : "warning" });
    },
    notFollowed: (place, reason) => {
      if (isFollowed) report("onnx/full-not-followed", place, `${reason}, so it is not followed`);
      isFollowed = false;
    },
    notInferred: (schema, place) => {
      if (!isFull || reported.has(schema)) return;
      reported.add(schema);
      const operator = schema.domain === "" ? schema.name : `${schema.domain}.${schema.name}`;
      report(
        "onnx/full-not-inferred",
        place,
        `smxc cannot infer shapes for ${operator} (since opset ${schema.sinceVersion})`,
      );
    },
  };
  inferModel(model, schemas, { listener, propagates: false });
  return isSound;
}

/** The same with sizes followed, for models without contradictions otherwise. */
export function checkShapesStrictly(model: ModelProto, schemas: SchemaRegistry, report: Report): void {
  inferModel(model, schemas, {
    propagates: true,
    listener: {
      contradiction: (_, place, message) => report("onnx/strict-shapes", place, message),
    },
  });
}
