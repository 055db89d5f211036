// Preloaded into Node, it takes onnxruntime-node away, in worker threads too: as where the package could not be installed.
import { register } from "node:module";

const hooks = `export function resolve(specifier, context, next) {
  if (specifier !== "onnxruntime-node") return next(specifier, context);
  throw Object.assign(new Error("Cannot find package 'onnxruntime-node'"), { code: "ERR_MODULE_NOT_FOUND" });
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
