/** The sizes at which the work of a graph is counted. */
import { error, SmxcError } from "../../base/diagnostics.js";
import type { ModelProto } from "../../onnx/graph/records.js";
import { type Shape, showShape, type TypeInfo, typeInfo } from "../../onnx/infer/type-info.js";

/** Batch 1, and pictures of 48x48, where nothing else is asked for. */
const SAMPLES = 1;
const SIDE = 48;

export interface Measured {
  /** By position in the graph's inputs. */
  readonly types: readonly TypeInfo[];
  /** Of the inputs that are tensors and no initializers. */
  readonly shapes: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
}

/**
 * Gives every open size of the inputs a number; equal symbols get equal ones.
 * @param shape of the first input, where it is asked for
 * @throws SmxcError of kind `usage` where the shape does not fit the input
 */
export function measuredInputs({ graph }: ModelProto, shape: readonly number[] = []): Measured {
  const initializers = new Set(graph?.initializer.map(({ name }) => name));
  const chosen = new Map<string, number>();
  const shapes: { name: string; shape: readonly (number | null)[] }[] = [];
  let isFirst = true;
  const types = (graph?.input ?? []).map(({ name = "", type: declared }): TypeInfo => {
    const type = typeInfo(declared);
    if (type.kind !== "tensor" || initializers.has(name)) return type;
    const asked = isFirst ? shape : [];
    isFirst = false;
    if (type.shape === null && asked.length === 0) return type;
    const own = type.shape ?? asked;
    if (asked.length > 0 && !fits(asked, own)) throw shapeMisfit(name, asked, own);
    const sizes = own.map((dim, axis) => {
      if (typeof dim === "number") return dim;
      const size = (dim === null ? undefined : chosen.get(dim)) ?? asked[axis] ?? (axis === 0 ? SAMPLES : SIDE);
      if (dim !== null) chosen.set(dim, size);
      return asked[axis] ?? size;
    });
    shapes.push({ name, shape: sizes });
    return { ...type, shape: sizes };
  });
  return { types, shapes };
}

function fits(asked: readonly number[], declared: Shape): boolean {
  return asked.length === declared.length && declared.every((dim, i) => typeof dim !== "number" || dim === asked[i]);
}

function shapeMisfit(name: string, asked: readonly number[], declared: Shape): SmxcError {
  return new SmxcError(
    [
      error("usage/shape", `--shape ${asked.join("x")} does not fit the input "${name}" ${showShape(declared)}`, {
        hint: "give one number for each dimension of the first input; sizes that the graph fixes cannot change",
      }),
    ],
    "usage",
  );
}
