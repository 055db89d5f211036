import type { ModelProto, NodeProto } from "../graph/records.js";
import { inferModel } from "../infer/infer-model.js";
import type { TypeInfo } from "../infer/type-info.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import { CONVERTERS } from "./converters.js";

export type InputTypes = ReadonlyMap<NodeProto, readonly (TypeInfo | null)[]>;

/** Of the nodes that converters may see, in the main graph and those in it; nodes of functions have none. */
export function inputTypes(model: ModelProto, schemas: SchemaRegistry): InputTypes {
  const types = new Map<NodeProto, readonly (TypeInfo | null)[]>();
  inferModel(model, schemas, {
    listener: {
      visited: (node, _place, schema, typeOf) => {
        if (schema?.domain === "" && schema.name in CONVERTERS) types.set(node, node.input.map(typeOf));
      },
    },
  });
  return types;
}
