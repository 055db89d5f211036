/** Every rule of `smxc check`, by its stable id. */

import type { Rule } from "./rule.js";
import { ATTRIBUTE_RULES } from "./rules/attribute.js";
import { CALL_RULES } from "./rules/call-graph.js";
import { EXTERNAL_RULES } from "./rules/external-data.js";
import { FULL_RULES } from "./rules/full.js";
import { FUNCTION_RULES } from "./rules/function.js";
import { GRAPH_RULES } from "./rules/graph.js";
import { MODEL_RULES } from "./rules/model.js";
import { NODE_RULES } from "./rules/node.js";
import { SIGNATURE_RULES } from "./rules/signature.js";
import { SPARSE_RULES } from "./rules/sparse.js";
import { STORED_VALUE_RULES } from "./rules/stored-value.js";
import { STRICT_EXTERNAL_RULES } from "./rules/strict-external.js";
import { STRICT_FILE_RULES } from "./rules/strict-file.js";
import { STRICT_GRAPH_RULES } from "./rules/strict-graph.js";
import { STRICT_MODEL_RULES } from "./rules/strict-model.js";
import { STRICT_OPERATOR_RULES } from "./rules/strict-operator.js";
import { STRICT_SYMBOL_RULES } from "./rules/strict-symbol.js";
import { STRICT_TENSOR_RULES } from "./rules/strict-tensor.js";
import { STRICT_UNUSED_RULES } from "./rules/strict-unused.js";
import { STRICT_WORD_RULES } from "./rules/strict-word.js";
import { TARGET_RULES } from "./rules/target.js";
import { TENSOR_RULES } from "./rules/tensor.js";
import { VALUE_RULES } from "./rules/value-info.js";
import { WIRE_RULES } from "./rules/wire.js";

export const RULES = {
  ...WIRE_RULES,
  ...MODEL_RULES,
  ...GRAPH_RULES,
  ...VALUE_RULES,
  ...NODE_RULES,
  ...SIGNATURE_RULES,
  ...ATTRIBUTE_RULES,
  ...TENSOR_RULES,
  ...EXTERNAL_RULES,
  ...SPARSE_RULES,
  ...STORED_VALUE_RULES,
  ...FUNCTION_RULES,
  ...CALL_RULES,
  ...FULL_RULES,
  ...STRICT_FILE_RULES,
  ...STRICT_MODEL_RULES,
  ...STRICT_GRAPH_RULES,
  ...STRICT_UNUSED_RULES,
  ...STRICT_OPERATOR_RULES,
  ...STRICT_WORD_RULES,
  ...STRICT_SYMBOL_RULES,
  ...STRICT_TENSOR_RULES,
  ...STRICT_EXTERNAL_RULES,
  ...TARGET_RULES,
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleId = keyof typeof RULES;
