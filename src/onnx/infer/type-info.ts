/** Types of values, with symbolic dimensions, as inference works with them. Immutable. */
import { elementType } from "../graph/element-types.js";
import type { Int64, TensorShapeProto, TypeProto } from "../graph/records.js";
import { fault } from "./fault.js";

/** A size, a symbol (`dim_param`), or nothing known. */
export type Dim = number | string | null;
export type Shape = readonly Dim[];

export interface TensorInfo {
  readonly kind: "tensor" | "sparse_tensor";
  /** `TensorProto.DataType`; 0 while unknown. */
  readonly elem: number;
  /** Null: unknown rank. */
  readonly shape: Shape | null;
}

export interface HolderInfo {
  readonly kind: "sequence" | "optional";
  readonly elem: TypeInfo;
}

export interface MapInfo {
  readonly kind: "map";
  readonly key: number;
  readonly value: TypeInfo;
}

export interface OpaqueInfo {
  readonly kind: "opaque";
  readonly domain: string | undefined;
  readonly name: string | undefined;
}

/** `unset`: there is a type, but nothing in it. */
export type TypeInfo = TensorInfo | HolderInfo | MapInfo | OpaqueInfo | { readonly kind: "unset" };

/** Shapes of more dimensions are taken for unknown: no tensor has them, and each node would cost their time again. */
export const MOST_DIMENSIONS = 256;

export const UNSET: TypeInfo = { kind: "unset" };

export function tensorOf(elem: number, shape: Shape | null): TensorInfo {
  return { kind: "tensor", elem, shape };
}

export function isTensor(type: TypeInfo | null): type is TensorInfo {
  return type !== null && (type.kind === "tensor" || type.kind === "sparse_tensor");
}

export function typeInfo(type: TypeProto | undefined): TypeInfo {
  if (type?.tensor_type !== undefined) return tensorInfo("tensor", type.tensor_type);
  if (type?.sparse_tensor_type !== undefined) return tensorInfo("sparse_tensor", type.sparse_tensor_type);
  if (type?.sequence_type !== undefined) return { kind: "sequence", elem: typeInfo(type.sequence_type.elem_type) };
  if (type?.optional_type !== undefined) return { kind: "optional", elem: typeInfo(type.optional_type.elem_type) };
  if (type?.map_type !== undefined) {
    return { kind: "map", key: type.map_type.key_type ?? 0, value: typeInfo(type.map_type.value_type) };
  }
  if (type?.opaque_type !== undefined) {
    return { kind: "opaque", domain: type.opaque_type.domain, name: type.opaque_type.name };
  }
  return UNSET;
}

function tensorInfo(
  kind: TensorInfo["kind"],
  { elem_type = 0, shape }: { readonly elem_type: number | undefined; readonly shape: TensorShapeProto | undefined },
): TensorInfo {
  const isKnown = shape !== undefined && shape.dim.length <= MOST_DIMENSIONS;
  return { kind, elem: elem_type, shape: isKnown ? shape.dim.map((d) => dimOf(d.dim_value, d.dim_param)) : null };
}

function dimOf(value: Int64 | undefined, symbol: string | undefined): Dim {
  return value === undefined ? (symbol ?? null) : Number(value);
}

/** Whether a shape is known, of a tensor or of the tensors that a sequence or optional holds. */
export function hasShape(type: TypeInfo): boolean {
  if (isTensor(type)) return type.shape !== null;
  return (type.kind === "sequence" || type.kind === "optional") && hasShape(type.elem);
}

/**
 * The type as operator signatures name it: `tensor(float)`, `seq(tensor(int64))`.
 * @throws InferenceFault for types that no signature can name.
 */
export function typeName(type: TypeInfo): string {
  switch (type.kind) {
    case "tensor":
      return TENSOR_NAMES[type.elem] ?? `tensor(${elemName(type.elem)})`;
    case "sparse_tensor":
      return `sparse_tensor(${elemName(type.elem)})`;
    case "sequence":
      return `seq(${typeName(type.elem)})`;
    case "optional":
      return `optional(${typeName(type.elem)})`;
    case "map":
      return `map(${elemName(type.key)},${typeName(type.value)})`;
    case "opaque":
      return `opaque(${[type.domain, type.name].filter((part) => part).join(",")})`;
    case "unset":
      throw fault("type", "a type inside another is not set");
  }
}

/** By element type: nearly all types are these, and every node asks for several. */
const TENSOR_NAMES: readonly string[] = Array.from({ length: 29 }, (_, code) => `tensor(${elemName(code)})`);

function elemName(code: number): string {
  const name = code === 0 ? "UNDEFINED" : elementType(code)?.name;
  if (name === undefined) throw fault("type", `there is no element type ${code}`);
  return name.toLowerCase();
}

const HOLDERS = { seq: "sequence", optional: "optional" } as const;
const TENSORS = { tensor: "tensor", sparse_tensor: "sparse_tensor" } as const;

/** The inverse of {@link typeName} for the types that signatures name. */
export function namedType(name: string): TypeInfo {
  const open = name.indexOf("(");
  const outer = name.slice(0, open);
  const inner = name.slice(open + 1, -1);
  if (outer in HOLDERS) return { kind: HOLDERS[outer as keyof typeof HOLDERS], elem: namedType(inner) };
  if (outer in TENSORS) return { kind: TENSORS[outer as keyof typeof TENSORS], elem: elemCode(inner), shape: null };
  const comma = inner.indexOf(",");
  if (outer === "map") {
    return { kind: "map", key: elemCode(inner.slice(0, comma)), value: namedType(inner.slice(comma + 1)) };
  }
  return { kind: "opaque", domain: undefined, name: inner };
}

function elemCode(name: string): number {
  for (let code = 1; ; code++) {
    const type = elementType(code);
    if (type === null || type.name.toLowerCase() === name) return type === null ? 0 : code;
  }
}

/** A type for messages: `tensor(float)[N, 3, ?]`. */
export function showType(type: TypeInfo): string {
  switch (type.kind) {
    case "tensor":
    case "sparse_tensor":
      return `${type.kind}(${elementType(type.elem)?.name.toLowerCase() ?? type.elem})${showShape(type.shape)}`;
    case "sequence":
    case "optional":
      return `${type.kind}(${showType(type.elem)})`;
    case "map":
      return `map(${elementType(type.key)?.name.toLowerCase() ?? type.key}, ${showType(type.value)})`;
    default:
      return type.kind;
  }
}

const MOST_SHOWN = 16;

export function showShape(shape: Shape | null): string {
  if (shape === null) return "";
  const shown = shape.slice(0, MOST_SHOWN).map((dim) => dim ?? "?");
  return `[${[...shown, ...(shape.length > MOST_SHOWN ? ["…"] : [])].join(", ")}]`;
}
