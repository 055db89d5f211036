/** Types and shapes of a record's values. */
import { type Diagnostic, SmxcError } from "../../base/diagnostics.js";
import type { GraphProto, ModelProto } from "../graph/records.js";
import { inferModel } from "../infer/infer-model.js";
import { isTensor, type Shape, type TypeInfo, typeInfo } from "../infer/type-info.js";
import { loadSchemas } from "../schemas/registry.js";
import { noSuchInput, shapeMisfit } from "./errors.js";

export interface InferOptions {
  /** Shapes of inputs by name, if they say more than the declarations. */
  readonly shapes?: ReadonlyMap<string, Shape>;
}

/**
 * Types of the values of a model's main graph by name: what is declared, completed by what follows. Values of which
 * nothing is known are absent. Symbols are kept; a dimension that nothing is known of is null. The model must be valid:
 * of another the answer means nothing, and where declarations contradict each other the declared one stays; `checkModel`
 * with `full` reports both.
 *
 * @throws SmxcError `onnx/no-such-input` and `onnx/shape-misfit` of kind `usage`, for shapes that are not the inputs'
 */
export async function inferTypes(
  model: ModelProto,
  options: InferOptions = {},
): Promise<ReadonlyMap<string, TypeInfo>> {
  const inputs = model.graph === undefined ? [] : inputTypes(model.graph, options.shapes ?? new Map());
  return inferModel(model, await loadSchemas(), { inputs });
}

function inputTypes({ input }: GraphProto, shapes: ReadonlyMap<string, Shape>): readonly (TypeInfo | null)[] {
  const wrong: Diagnostic[] = [];
  const names = input.map(({ name = "" }) => name);
  for (const name of shapes.keys()) if (!names.includes(name)) wrong.push(noSuchInput(name, names));
  const types = input.map(({ name = "", type }) => {
    const shape = shapes.get(name);
    if (shape === undefined) return null;
    const declared = typeInfo(type);
    if (isTensor(declared) && fits(shape, declared.shape)) return { ...declared, shape };
    wrong.push(shapeMisfit(name, shape, declared));
    return null;
  });
  if (wrong.length > 0) throw new SmxcError(wrong, "usage");
  return types;
}

function fits(given: Shape, declared: Shape | null): boolean {
  if (declared === null) return true;
  return given.length === declared.length && declared.every((dim, i) => typeof dim !== "number" || dim === given[i]);
}
