/** Every rule of `smxc check`, by its stable id. */
import { ATTRIBUTE_RULES } from "./attribute.js";
import { CALL_RULES } from "./call-graph.js";
import { EXTERNAL_RULES } from "./external-data.js";
import { FULL_RULES } from "./full.js";
import { FUNCTION_RULES } from "./function.js";
import { GRAPH_RULES } from "./graph.js";
import { MODEL_RULES } from "./model.js";
import { NODE_RULES } from "./node.js";
import type { Rule } from "./rule.js";
import { SIGNATURE_RULES } from "./signature.js";
import { SPARSE_RULES } from "./sparse.js";
import { STORED_VALUE_RULES } from "./stored-value.js";
import { STRICT_EXTERNAL_RULES } from "./strict-external.js";
import { STRICT_FILE_RULES } from "./strict-file.js";
import { STRICT_GRAPH_RULES } from "./strict-graph.js";
import { STRICT_MODEL_RULES } from "./strict-model.js";
import { STRICT_OPERATOR_RULES } from "./strict-operator.js";
import { STRICT_SYMBOL_RULES } from "./strict-symbol.js";
import { STRICT_TENSOR_RULES } from "./strict-tensor.js";
import { STRICT_UNUSED_RULES } from "./strict-unused.js";
import { STRICT_WORD_RULES } from "./strict-word.js";
import { TARGET_RULES } from "./target-rules.js";
import { TENSOR_RULES } from "./tensor.js";
import { VALUE_RULES } from "./value-info.js";
import { WIRE_RULES } from "./wire-rules.js";

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
