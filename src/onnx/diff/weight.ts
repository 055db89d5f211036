/** Tensors of a model as a comparison sees them: dense or sparse, whatever field or file holds their values. */
import { elementTypeName } from "../graph/element-types.js";
import type { Int64, SparseTensorProto, TensorProto } from "../graph/records.js";
import { compiledMessage } from "../read/draft.js";

export interface Weight {
  /** The values; of a sparse tensor those that it stores. */
  readonly values: TensorProto;
  readonly dims: readonly Int64[];
  /** Of a sparse tensor, and what it holds beside. */
  readonly sparse: { readonly whole: SparseTensorProto; readonly indices: TensorProto } | null;
}

export function denseWeight(values: TensorProto): Weight {
  return { values, dims: values.dims, sparse: null };
}

export function sparseWeight(whole: SparseTensorProto): Weight {
  const { values = NO_TENSOR, indices = NO_TENSOR, dims } = whole;
  return { values, dims, sparse: { whole, indices } };
}

const NO_TENSOR = compiledMessage("TensorProto").empty as unknown as TensorProto;

const MOST_DIMENSIONS = 16;

/** Type and dimensions for people. */
export function typeText({ values, dims, sparse }: Weight): string {
  const more = dims.length > MOST_DIMENSIONS ? `, … ${dims.length.toLocaleString("en")} dimensions` : "";
  const shape = `[${dims.slice(0, MOST_DIMENSIONS).join(", ")}${more}]`;
  const stored = sparse === null ? "" : ` with ${values.dims.join("x")} values`;
  const kind = sparse === null ? "" : "sparse ";
  return `${kind}${elementTypeName(values.data_type ?? 0).toLowerCase()} ${shape}${stored}`;
}

/** Equal for weights that may stand for each other: of one kind, type and shape. */
export function weightLabel({ values, dims, sparse }: Weight): string {
  const stored =
    sparse === null
      ? ""
      : `:${values.dims.join("x")}:${sparse.indices.data_type ?? 0}:${sparse.indices.dims.join("x")}`;
  return `#${values.data_type ?? 0}:${dims.join("x")}${stored}`;
}
