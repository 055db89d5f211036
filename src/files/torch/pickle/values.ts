import type { Place } from "../../../base/diagnostics.js";

/**
 * What a pickle describes, as inert data: nothing here can be called, imported or executed. Integers are numbers where
 * float64 holds them exactly and bigints elsewhere; floats are boxed, so that a size of 1.0 is not one.
 */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | PyList
  | PyTuple
  | PyDict
  | PyGlobal
  | PyStorageType
  | PyDType
  | PyStorage
  | PyTensor
  | PyOther;

export interface PyFloat {
  readonly kind: "float";
  readonly value: number;
}

export interface PyList {
  readonly kind: "list";
  readonly items: PyValue[];
}

export interface PyTuple {
  readonly kind: "tuple";
  readonly items: readonly PyValue[];
}

/** A dict or OrderedDict. Keys that are objects count by identity. */
export interface PyDict {
  readonly kind: "dict";
  readonly entries: Map<PyValue, PyValue>;
}

/** A class or function of the list of allowed ones, by name. */
export interface PyGlobal {
  readonly kind: "global";
  /** `torch._utils._rebuild_tensor_v2` */
  readonly path: string;
}

/** `torch.FloatStorage` and its like. */
export interface PyStorageType {
  readonly kind: "storage type";
  readonly dtype: string;
}

/** `torch.float32` and its like. */
export interface PyDType {
  readonly kind: "dtype";
  readonly dtype: string;
}

/** A run of elements, or a part of one, kept outside the pickle. */
export interface PyStorage {
  readonly kind: "storage";
  readonly key: string;
  readonly dtype: string;
  /** Bytes of the whole storage. */
  readonly bytes: number;
  /** The part that is meant, in bytes; all of it except in files of PyTorch before 0.4. */
  readonly viewOffset: number;
  readonly viewBytes: number;
}

/** A strided view of a storage; sizes and bounds are unchecked. */
export interface PyTensor {
  readonly kind: "tensor";
  readonly storage: PyStorage;
  readonly dtype: string;
  /** In elements. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** Something that a checkpoint may hold and smxc has no use for; whatever the pickle does with it is passed over. */
export interface PyOther {
  readonly kind: "other";
  /** For messages: `a sparse tensor`. */
  readonly what: string;
  /** Where it is, or is made by, a class or function that smxc does not know. */
  readonly foreign?: Foreign;
}

/** The name of a class or function that smxc does not know, and where the pickle gives it. */
export interface Foreign {
  readonly module: string;
  readonly name: string;
  readonly at: Place;
  /** Whether it is the class or function itself, or a value that it made. */
  readonly made: boolean;
}

/** What a value is, for messages. */
export function describe(value: PyValue): string {
  if (value === null) return "None";
  if (typeof value === "object") return value.kind === "other" ? value.what : DESCRIPTIONS[value.kind];
  if (typeof value === "string") return "a string";
  return typeof value === "boolean" ? "a bool" : "an int";
}

const DESCRIPTIONS: Readonly<Record<Exclude<Extract<PyValue, object>["kind"], "other">, string>> = {
  float: "a float",
  list: "a list",
  tuple: "a tuple",
  dict: "a dict",
  global: "a class or function",
  "storage type": "a storage class",
  dtype: "a dtype",
  storage: "a storage",
  tensor: "a tensor",
};
