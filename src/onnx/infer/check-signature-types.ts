import type { Parameter, Schema } from "../schemas/registry.js";
import { fault } from "./fault.js";
import { namedType, showType, type TypeInfo, typeName } from "./type-info.js";

/**
 * Holds the types of a node against its signature, and completes those of outputs that the signature determines
 * (`OpSchema::CheckInputOutputType`, onnx/defs/schema.cc).
 * @throws InferenceFault of kind `signature`.
 */
export function checkSignatureTypes(
  schema: Schema,
  inputs: readonly (TypeInfo | null)[],
  outputs: readonly TypeInfo[],
): readonly TypeInfo[] {
  const bound = new Map<string, string>();
  for (const [i, type] of inputs.entries()) {
    const parameter = parameterOf(schema.inputs, i);
    if (parameter !== null && type !== null && type.kind !== "unset") check(parameter, type, "input", i, schema, bound);
  }
  return outputs.map((type, o) => {
    const parameter = parameterOf(schema.outputs, o);
    if (parameter === null) return type;
    const complete = type.kind === "unset" ? determined(parameter, bound) : type;
    if (complete.kind !== "unset") check(parameter, complete, "output", o, schema, bound);
    return complete;
  });
}

/** A variadic parameter stands for all further ones. Null for what an operator without any is given all the same. */
function parameterOf(parameters: readonly Parameter[], index: number): Parameter | null {
  return parameters[index] ?? parameters.at(-1) ?? null;
}

function check(
  parameter: Parameter,
  type: TypeInfo,
  what: string,
  index: number,
  schema: Schema,
  bound: Map<string, string>,
): void {
  const name = typeName(type);
  if (parameter.types.size > 0 && !parameter.types.has(name)) {
    const message = `${what} ${index} (${parameter.name}) is ${showType(type)}, which ${operatorOf(schema)} does not take`;
    throw fault("signature", message);
  }
  if (!parameter.homogeneous) return;
  const before = bound.get(parameter.type);
  if (before !== undefined && before !== name) {
    throw fault(
      "signature",
      `${what} ${index} (${parameter.name}) is ${name}, but ${parameter.type} of ${operatorOf(schema)} is ${before} elsewhere`,
    );
  }
  bound.set(parameter.type, name);
}

function operatorOf({ name, sinceVersion }: Schema): string {
  return `${name} (since opset ${sinceVersion})`;
}

/** Arguments of one type variable agree only where the parameter is homogeneous. */
function determined({ types, type, homogeneous }: Parameter, bound: ReadonlyMap<string, string>): TypeInfo {
  const [only] = types;
  const name = types.size === 1 ? only : homogeneous ? bound.get(type) : undefined;
  return name === undefined ? { kind: "unset" } : namedType(name);
}
