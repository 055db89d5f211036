import { elementTypeName } from "../graph/element-types.js";
import type { TypeInfo } from "../infer/type-info.js";
import type { Parameter, Schema } from "../schemas/registry.js";

/**
 * Element types of a node's tensors by the type variables and the names of the parameters, in the form that
 * `providerSupport` takes. What is not known, and what is no tensor, is left out.
 */
export function nodeTypes(
  { inputs, outputs }: Schema,
  inputTypes: readonly (TypeInfo | null)[],
  outputTypes: readonly (TypeInfo | null)[],
): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  add(inputs, inputTypes, types);
  add(outputs, outputTypes, types);
  return types;
}

function add(parameters: readonly Parameter[], values: readonly (TypeInfo | null)[], types: Map<string, string>): void {
  for (const [i, value] of values.entries()) {
    const parameter = parameters[Math.min(i, parameters.length - 1)];
    if (parameter === undefined || value?.kind !== "tensor" || value.elem === 0) continue;
    const name = elementTypeName(value.elem).toLowerCase();
    types.set(parameter.name, name);
    types.set(parameter.type, name);
  }
}
