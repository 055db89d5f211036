/** A model that is the same to every runtime: inner values have other names, and what has no order another one. */
import { MESSAGES, type MessageName } from "../../../src/onnx/graph/messages.js";
import type { Plain } from "../../unit/onnx-support/write-record.js";

/** Fields that name values inside a graph. */
const NAMES: ReadonlySet<string> = new Set([
  "NodeProto.input",
  "NodeProto.output",
  "TensorProto.name",
  "ValueInfoProto.name",
  "FunctionProto.input",
  "FunctionProto.output",
  "TensorAnnotation.tensor_name",
  "TensorAnnotation.value",
]);

/** Lists without an order. */
const UNORDERED: ReadonlySet<string> = new Set([
  "ModelProto.opset_import",
  "ModelProto.metadata_props",
  "ModelProto.functions",
  "GraphProto.initializer",
  "GraphProto.value_info",
  "NodeProto.attribute",
  "FunctionProto.attribute",
]);

/** @param rename a name of a value, or of what nobody reads by name; @param shuffle gives a list another order */
export function sameModel(
  model: Plain,
  rename: (name: string) => string,
  shuffle: <T>(list: readonly T[]) => readonly T[],
): Plain {
  const changed = (name: MessageName, record: Plain, owner: MessageName = name): Plain => {
    const fields = MESSAGES[name].map(({ name: key, type, repeated }) => {
      // Entries of annotations are of a type that metadata has too.
      const [value, of] = [record[key], `${owner === "TensorAnnotation" ? owner : name}.${key}`];
      // Training is compared as it is written.
      if (value === undefined || key === "training_info") return [key, value];
      const each = (item: unknown): unknown => {
        if (NAMES.has(of)) return rename(item as string);
        return type in MESSAGES ? changed(type as MessageName, item as Plain, name) : item;
      };
      if (!repeated) return [key, each(value)];
      const items = (value as readonly unknown[]).map(each);
      return [key, UNORDERED.has(of) ? shuffle(items) : items];
    });
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  };
  return changed("ModelProto", model);
}
