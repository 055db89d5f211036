/** Inferred types against declared ones (onnx/shape_inference/implementation.cc, onnx/defs/shape_inference.cc). */
import { fault } from "./fault.js";
import { type Dim, isTensor, type Shape, showShape, showType, type TensorInfo, type TypeInfo } from "./type-info.js";

/** @throws InferenceFault where both know something and it differs. */
export function checkCompatible(inferred: TypeInfo, declared: TypeInfo): void {
  if (inferred.kind === "unset" || declared.kind === "unset") return;
  if (isTensor(inferred) && isTensor(declared) && inferred.kind === declared.kind) {
    checkTensors(inferred, declared);
  } else if (isHolder(inferred) && isHolder(declared) && inferred.kind === declared.kind) {
    checkCompatible(inferred.elem, declared.elem);
  } else if (inferred.kind === "map" && declared.kind === "map" && inferred.key === declared.key) {
    checkCompatible(inferred.value, declared.value);
  } else if (inferred.kind !== "opaque" || declared.kind !== "opaque") {
    throw differing("type", inferred, declared);
  }
}

function isHolder(type: TypeInfo): type is Extract<TypeInfo, { readonly kind: "sequence" | "optional" }> {
  return type.kind === "sequence" || type.kind === "optional";
}

function checkTensors(inferred: TensorInfo, declared: TensorInfo): void {
  if (inferred.elem !== 0 && declared.elem !== 0 && inferred.elem !== declared.elem) {
    throw differing("type", inferred, declared);
  }
  const [a, b] = [inferred.shape, declared.shape];
  if (a === null || b === null) return;
  if (a.length !== b.length) throw differing("rank", inferred, declared);
  const index = a.findIndex((dim, i) => typeof dim === "number" && typeof b[i] === "number" && dim !== b[i]);
  if (index >= 0) throw differing("dimension", inferred, declared);
}

function differing(kind: "type" | "rank" | "dimension", inferred: TypeInfo, declared: TypeInfo) {
  return fault(kind, `is declared as ${showType(declared)}, but is ${showType(inferred)}`);
}

/** What is known from both; declared symbols win over inferred ones, numbers over symbols. */
export function mergeTypes(inferred: TypeInfo, declared: TypeInfo): TypeInfo {
  checkCompatible(inferred, declared);
  if (inferred.kind === "unset") return declared;
  if (declared.kind === "unset") return inferred;
  if (isTensor(inferred) && isTensor(declared)) {
    return { ...declared, elem: declared.elem || inferred.elem, shape: mergeShapes(inferred.shape, declared.shape) };
  }
  if (isHolder(inferred) && isHolder(declared)) return { ...declared, elem: mergeTypes(inferred.elem, declared.elem) };
  if (inferred.kind === "map" && declared.kind === "map") {
    return { ...declared, key: declared.key || inferred.key, value: mergeTypes(inferred.value, declared.value) };
  }
  return declared;
}

function mergeShapes(inferred: Shape | null, declared: Shape | null): Shape | null {
  if (inferred === null || declared === null) return inferred ?? declared;
  return declared.map((dim, i) => (dim === null || typeof inferred[i] === "number" ? inferred[i]! : dim));
}

/** One dimension that must be the same in two places. */
export function unifyDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number" && a !== b) {
    throw fault("operator", `a dimension is ${a} in one place and ${b} in another`);
  }
  return typeof a === "number" ? a : (b ?? a);
}

/** One shape that must be the same in two places; the second one's symbols win. */
export function unifyShapes(a: Shape, b: Shape | null): Shape {
  if (b === null) return a;
  if (a.length !== b.length) {
    throw fault("operator", `the shapes ${showShape(a)} and ${showShape(b)} differ in rank`);
  }
  return a.map((dim, i) => unifyDims(dim, b[i]!));
}

/** What holds for a value that has one of two types, as the output of an If has. */
export function unionTypes(a: TypeInfo, b: TypeInfo): TypeInfo {
  if (isTensor(a) && isTensor(b) && a.kind === b.kind && a.elem === b.elem) {
    return { ...b, shape: unionShapes(a.shape, b.shape) };
  }
  if (isHolder(a) && isHolder(b) && a.kind === b.kind && a.elem.kind !== "unset" && b.elem.kind !== "unset") {
    return { ...b, elem: unionTypes(a.elem, b.elem) };
  }
  if (a.kind === "map" && b.kind === "map" && a.key === b.key) return { ...b, value: unionTypes(a.value, b.value) };
  if (a.kind === b.kind && (a.kind === "opaque" || a.kind === "unset")) return b;
  throw fault("operator", `the two types ${showType(b)} and ${showType(a)} differ`);
}

export function unionShapes(a: Shape | null, b: Shape | null): Shape | null {
  if (a === null || b === null || a.length !== b.length) return null;
  return b.map((dim, i) => (dim === a[i] ? dim : null));
}
