/** What can be wrong with the models that a command line names. */
import { explain } from "../../src/base/bytes/file-errors.js";
import { type Diagnostic, error } from "../../src/base/diagnostics.js";

export function noModels(name: string): Diagnostic {
  return error("io/no-models", "there is no ONNX file in it", {
    file: name,
    hint: "name the files one by one if they do not end in .onnx; in a folder only those are found",
  });
}

export function brokenLink(link: string, target: string, cause: Error): Diagnostic {
  return error("io/broken-link", `the link points to ${target}, which cannot be opened: ${explain(cause).meaning}`, {
    file: link,
    hint: "restore the file that it points to, or remove the link",
  });
}

export function noMatch(pattern: string): Diagnostic {
  return error("io/no-match", `no ONNX file matches the pattern ${pattern}`, {
    file: pattern,
    hint: "check the pattern: * stands for any part of a name, ** for any folders; node_modules is left out",
  });
}
