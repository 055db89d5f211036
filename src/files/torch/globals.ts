import type { Place } from "../../base/diagnostics.js";
import { DTYPE_BYTES, STORAGE_DTYPES } from "./dtypes.js";
import { callsWhatItHolds, runsCode } from "./hostile.js";
import type { PyValue } from "./pickle/values.js";
import { CALLABLE } from "./rebuild.js";

/** Modules that hold storage classes, in today's PyTorch and before. */
const STORAGE_MODULES = ["torch", "torch.cuda", "torch.storage"];

/** Modules that Python 2 called otherwise. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["__builtin__", "builtins"],
  ["copy_reg", "copyreg"],
]);

/**
 * The inert stand-in of a name: what smxc can describe values of, or else a placeholder that says what it stands for.
 * Undefined where the name runs code when Python loads it.
 */
export function lookUpGlobal(module: string, name: string, at: Place): PyValue | undefined {
  const dtype = STORAGE_MODULES.includes(module) ? STORAGE_DTYPES.get(name) : undefined;
  if (dtype !== undefined) return { kind: "storage type", dtype };
  if (module === "torch" && /^u?int[1-7]$/.test(name)) return { kind: "other", what: "a dtype of less than a byte" };
  if (module === "torch" && DTYPE_BYTES.has(name)) return { kind: "dtype", dtype: name };
  const path = `${RENAMED.get(module) ?? module}.${name}`;
  if (CALLABLE.has(path)) return { kind: "global", path };
  if (runsCode(module, name)) return undefined;
  return { kind: "other", what: `the class or function ${path}`, foreign: { module, name, at, made: false } };
}

const SAVE_STATE_DICT = "save the tensors in Python: torch.save(model.state_dict(), path)";

/** What to do about a name that smxc does not load, where it stands in place of tensors or runs code. */
export function forbiddenHint(module: string, name: string): string {
  if (runsCode(module, name))
    return "treat the file as hostile: loaded in Python without weights_only, it can run this";
  if (callsWhatItHolds(module, name)) {
    return "treat the file as hostile: it has a function call in place of tensors, which Python may run when it loads the file";
  }
  if (/^torch\._utils\./.test(module)) {
    return "turn it into an ordinary tensor before saving: tensor.cpu(), tensor.to_dense(), tensor.dequantize()";
  }
  if (/^numpy\b/.test(module)) return `${SAVE_STATE_DICT}; the file holds NumPy values in place of tensors`;
  if (/^torch\.nn\.|^__main__$/.test(module) || /(net|model|module)s?\b/i.test(`${module}.${name}`)) {
    return `${SAVE_STATE_DICT}; the file holds a model object in place of tensors`;
  }
  return `${SAVE_STATE_DICT}; the file holds Python objects in place of tensors`;
}
