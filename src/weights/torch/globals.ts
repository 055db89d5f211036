import { DTYPE_BYTES, STORAGE_DTYPES } from "./dtypes.js";
import type { PyValue } from "./pickle/values.js";

/** Modules that hold storage classes, in today's PyTorch and before. */
const STORAGE_MODULES = ["torch", "torch.cuda", "torch.storage"];

/** Classes and functions that a checkpoint may name, beside storage classes and dtypes: those of `weights_only`. */
const ALLOWED: ReadonlySet<string> = new Set([
  "collections.OrderedDict",
  "collections.Counter",
  "builtins.set",
  "builtins.bytearray",
  "builtins.complex",
  "_codecs.encode",
  "torch.Size",
  "torch.Tensor",
  "torch.device",
  "torch.nn.parameter.Parameter",
  "torch.serialization._get_layout",
  "torch.per_tensor_affine",
  "torch.per_tensor_symmetric",
  "torch.per_channel_affine",
  "torch.per_channel_symmetric",
  "torch.per_channel_affine_float_qparams",
  "torch._utils._rebuild_tensor",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_tensor_v3",
  "torch._utils._rebuild_parameter",
  "torch._utils._rebuild_parameter_with_state",
  "torch._tensor._rebuild_from_type_v2",
  "torch._utils._rebuild_qtensor",
  "torch._utils._rebuild_sparse_tensor",
  "torch._utils._rebuild_meta_tensor_no_storage",
  "torch._utils._rebuild_nested_tensor",
  "torch._utils._rebuild_wrapper_subclass",
  "torch._utils._rebuild_device_tensor_from_numpy",
  "torch._utils._rebuild_device_tensor_from_cpu_tensor",
]);

/** The inert stand-in of a name, or undefined where a checkpoint may not hold it. */
export function lookUpGlobal(module: string, name: string): PyValue | undefined {
  const dtype = STORAGE_MODULES.includes(module) ? STORAGE_DTYPES.get(name) : undefined;
  if (dtype !== undefined) return { kind: "storage type", dtype };
  if (module === "torch" && /^u?int[1-7]$/.test(name)) return { kind: "other", what: "a dtype of less than a byte" };
  if (module === "torch" && DTYPE_BYTES.has(name)) return { kind: "dtype", dtype: name };
  // Python 2 called the module of built-in functions so.
  const path = `${module === "__builtin__" ? "builtins" : module}.${name}`;
  return ALLOWED.has(path) ? { kind: "global", path } : undefined;
}

const SAVE_STATE_DICT = "In Python: torch.save(model.state_dict(), path).";

/** Top-level modules whose presence means that loading the file in Python would run something. */
const HOSTILE = new Set([
  ..."os posix nt sys subprocess builtins __builtin__ shutil socket runpy pty importlib ctypes code codeop".split(" "),
  ..."commands platform asyncio webbrowser operator functools pickle marshal types urllib requests http".split(" "),
  ..."httplib pip pdb bdb timeit cProfile profile trace tempfile pathlib zipfile".split(" "),
]);

export function forbiddenHint(module: string, name: string): string {
  const [top = ""] = module.split(".");
  if (HOSTILE.has(top)) return "Treat the file as hostile: loaded in Python without weights_only, it would run this.";
  if (top === "numpy")
    return `The file holds NumPy values beside its tensors; save the tensors alone. ${SAVE_STATE_DICT}`;
  if (/^torch\.nn\.|^__main__$/.test(module) || /(net|model|module)s?\b/i.test(`${module}.${name}`)) {
    return `The file holds a model object; save its tensors instead. ${SAVE_STATE_DICT}`;
  }
  return `The file holds Python objects beside its tensors; save the tensors alone. ${SAVE_STATE_DICT}`;
}
