import { DTYPE_BYTES } from "./dtypes.js";
import { callsWhatItHolds } from "./hostile.js";
import { Hostile, Refusal } from "./pickle/machine.js";
import { describe, type PyOther, type PyStorage, type PyTensor, type PyValue } from "./pickle/values.js";
import type { Steps } from "./steps.js";

type Call = (args: readonly PyValue[], steps: Steps) => PyValue | Refusal;

const other =
  (what: string): Call =>
  () => ({ kind: "other", what });

/** Classes of dicts, by where their constructors take what the dict is made of. */
const dictOf =
  (position: number): Call =>
  (args, steps) =>
    dict(args[position] ?? null, steps);

/** What copyreg makes of a class whose objects have no way of their own: a value of the class. */
const reconstructed: Call = ([type = null]) => valueMadeBy(type);

/** What each callable of a checkpoint describes, given its arguments. */
const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["collections.OrderedDict", dictOf(0)],
  ["collections.defaultdict", dictOf(1)],
  ["builtins.dict", dictOf(0)],
  ["copyreg._reconstructor", reconstructed],
  ["copyreg.__newobj__", reconstructed],
  ["torch.Size", size],
  [
    "torch._utils._rebuild_tensor",
    ([storage, offset, size, stride], steps) => tensor(steps, storage, offset, size, stride),
  ],
  ["torch._utils._rebuild_tensor_v2", rebuildTensorV2],
  ["torch._utils._rebuild_tensor_v3", rebuildTensorV3],
  ["torch._utils._rebuild_parameter", parameter],
  ["torch._utils._rebuild_parameter_with_state", parameter],
  ["torch.nn.parameter.Parameter", parameter],
  ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
  ["torch._utils._rebuild_qtensor", other("a quantized tensor")],
  ["torch._utils._rebuild_sparse_tensor", other("a sparse tensor")],
  ["torch._utils._rebuild_meta_tensor_no_storage", other("a tensor on the meta device, which has no values")],
  ["torch._utils._rebuild_nested_tensor", other("a nested tensor")],
  ["torch._utils._rebuild_wrapper_subclass", other("a tensor of a wrapper class")],
  ["torch._utils._rebuild_device_tensor_from_numpy", other("a tensor of a device backend")],
  ["torch._utils._rebuild_device_tensor_from_cpu_tensor", other("a tensor of a device backend")],
]);

/** Paths of the classes and functions whose values are described. */
export const CALLABLE: ReadonlySet<string> = new Set(CALLS.keys());

/** Calls `callee` on paper; the arguments of what is not known may be anything. */
export function describeCall(callee: PyValue, args: PyValue, steps: Steps): PyValue | Refusal | Hostile {
  if (typeof callee !== "object" || callee === null || (callee.kind !== "global" && callee.kind !== "other")) {
    return new Refusal(`the pickle calls ${describe(callee)}, which is not a function`);
  }
  if (callee.kind === "global") return CALLS.get(callee.path)!(itemsOf(args) ?? [], steps);
  const { foreign } = callee;
  if (foreign?.made && callsWhatItHolds(foreign.module, foreign.name)) return new Hostile(foreign.module, foreign.name);
  return valueMadeBy(callee);
}

/** A value of a class that is not known, or of one that is given by another. */
function valueMadeBy(type: PyValue): PyOther {
  if (typeof type === "object" && type?.kind === "other") {
    const { foreign } = type;
    if (foreign === undefined || foreign.made) return type;
    return { kind: "other", what: `a value of ${foreign.module}.${foreign.name}`, foreign: { ...foreign, made: true } };
  }
  return {
    kind: "other",
    what: typeof type === "object" && type?.kind === "global" ? `a value of ${type.path}` : "an object",
  };
}

/** An entry of a dict takes several times the memory of a list's. */
const STEPS_OF_COPY = 4;

/** From nothing, from another dict, or from pairs, as PyTorch before 1.0 had it. */
function dict(from: PyValue, steps: Steps): PyValue | Refusal {
  if (typeof from === "object" && from?.kind === "dict") {
    steps.spend(STEPS_OF_COPY * from.entries.size);
    return { kind: "dict", entries: new Map(from.entries) };
  }
  const pairs = itemsOf(from) ?? [];
  steps.spend(STEPS_OF_COPY * pairs.length);
  const entries = new Map<PyValue, PyValue>();
  for (const pair of pairs) {
    const [key, value, ...more] = itemsOf(pair)?.slice(0, 3) ?? [];
    if (key === undefined || value === undefined || more.length > 0) {
      return new Refusal("an OrderedDict is made of something that is not a pair of key and value");
    }
    entries.set(key, value);
  }
  return { kind: "dict", entries };
}

function size([dims = null]: readonly PyValue[], steps: Steps): PyValue | Refusal {
  const items = counts(dims, steps);
  return items === undefined ? new Refusal("torch.Size is not given a tuple of integers") : { kind: "tuple", items };
}

/** (storage, offset, size, stride, requires_grad, backward_hooks, metadata?) */
function rebuildTensorV2(args: readonly PyValue[], steps: Steps): PyValue | Refusal {
  const [storage, offset, size, stride, , , metadata = null] = args;
  return withMetadata(tensor(steps, storage, offset, size, stride), metadata);
}

/** (storage, offset, size, stride, requires_grad, backward_hooks, dtype, metadata?): the storage is untyped. */
function rebuildTensorV3(args: readonly PyValue[], steps: Steps): PyValue | Refusal {
  const [storage, offset, size, stride, , , type = null, metadata = null] = args;
  if (typeof type === "object" && type?.kind === "other") return { kind: "other", what: `a tensor with ${type.what}` };
  if (typeof type !== "object" || type?.kind !== "dtype") {
    return new Refusal(`a tensor has ${describe(type)} in place of a dtype`);
  }
  return withMetadata(tensor(steps, storage, offset, size, stride, type.dtype), metadata);
}

/** The only metadata are bits that say that the values are to be conjugated or negated. */
function withMetadata(result: PyValue | Refusal, metadata: PyValue): PyValue | Refusal {
  const none =
    metadata === null || (typeof metadata === "object" && metadata.kind === "dict" && metadata.entries.size === 0);
  return none || result instanceof Refusal
    ? result
    : { kind: "other", what: "a tensor with its negative or conjugate bit set" };
}

function tensor(
  steps: Steps,
  storage: PyValue = null,
  offset: PyValue = null,
  size: PyValue = null,
  stride: PyValue = null,
  dtype?: string,
): PyTensor | PyOther | Refusal {
  if (isOther(storage)) return { kind: "other", what: `a tensor of ${storage.what}` };
  if (!isStorage(storage)) return new Refusal(`a tensor has ${describe(storage)} in place of a storage`);
  const shape = counts(size, steps);
  const strides = counts(stride, steps);
  if (!isCount(offset) || shape === undefined || strides === undefined) {
    return new Refusal("a tensor's offset, size and stride are not integers from 0 to 2^53-1");
  }
  if (shape.length !== strides.length) {
    return new Refusal(`a tensor of ${shape.length} dimensions has ${strides.length} strides`);
  }
  return { kind: "tensor", storage, dtype: dtype ?? storage.dtype, offset, shape, stride: strides };
}

/** (data, requires_grad, …): a parameter is its tensor. */
function parameter([data = null]: readonly PyValue[]): PyValue | Refusal {
  return isOther(data) || isTensor(data) ? data : new Refusal(`a parameter has ${describe(data)} in place of a tensor`);
}

/** (function, class, arguments, state): what the function makes. It cannot be this function itself. */
function rebuildFromType([callee = null, , args = null]: readonly PyValue[], steps: Steps): PyValue | Refusal {
  if (isOther(callee) && callee.foreign !== undefined) return valueMadeBy(callee);
  const path = typeof callee === "object" && callee?.kind === "global" ? callee.path : "";
  if (!path.startsWith("torch._utils._rebuild_")) return new Refusal(`a tensor is made by ${path || describe(callee)}`);
  const items = itemsOf(args);
  return items === undefined ? new Refusal(`a tensor is made from ${describe(args)}`) : CALLS.get(path)!(items, steps);
}

/** ("storage", type, key, location, number of elements, and before zip archives: view) */
export function describeStorage(id: PyValue): PyStorage | PyOther | Refusal {
  const [tag, type = null, key = null, location = null, numel = null, view = null] = itemsOf(id) ?? [];
  // Before zip archives, classes of a model were kept so: (tag, class, file, its text).
  if (tag === "module") return isOther(type) ? type : { kind: "other", what: "a model class" };
  if (tag !== "storage") return new Refusal("a persistent id of the pickle does not name a storage");
  if (isOther(type) && type.foreign !== undefined) {
    return { kind: "other", what: `elements of ${type.what}`, foreign: type.foreign };
  }
  if (typeof type !== "object" || type?.kind !== "storage type") {
    return new Refusal(`a storage has ${describe(type)} in place of its class`);
  }
  if (typeof key !== "string" || typeof location !== "string" || !isCount(numel)) {
    return new Refusal("a storage's key or device is not a string, or its size is not an integer from 0 to 2^53-1");
  }
  const width = DTYPE_BYTES.get(type.dtype)!;
  const bytes = numel * width;
  if (!Number.isSafeInteger(bytes)) return new Refusal(`the storage ${shown(key)} is larger than any file`);
  const { dtype } = type;
  if (view === null) return { kind: "storage", key, dtype, bytes, viewOffset: 0, viewBytes: bytes };
  const [, offset = null, size = null] = itemsOf(view) ?? [];
  if (!isCount(offset) || !isCount(size) || offset + size > numel) {
    return new Refusal(`a view of the storage ${shown(key)} reaches beyond it`);
  }
  return { kind: "storage", key, dtype, bytes, viewOffset: offset * width, viewBytes: size * width };
}

const shown = (key: string): string => JSON.stringify(key.length <= 80 ? key : `${key.slice(0, 79)}…`);

function itemsOf(value: PyValue): readonly PyValue[] | undefined {
  const isSequence = typeof value === "object" && (value?.kind === "tuple" || value?.kind === "list");
  return isSequence ? value.items : undefined;
}

/** A copy: a list may get other items later. */
function counts(value: PyValue, steps: Steps): readonly number[] | undefined {
  const items = itemsOf(value);
  steps.spend(items?.length ?? 0);
  return items?.every(isCount) ? [...items] : undefined;
}

function isCount(value: PyValue): value is number {
  return typeof value === "number" && value >= 0;
}

function isStorage(value: PyValue): value is PyStorage {
  return typeof value === "object" && value?.kind === "storage";
}

function isTensor(value: PyValue): value is PyTensor {
  return typeof value === "object" && value?.kind === "tensor";
}

function isOther(value: PyValue): value is PyOther {
  return typeof value === "object" && value?.kind === "other";
}
