/** What can be wrong with the models that a command line names. */
import { explain } from "../../src/base/bytes/file-errors.js";
import { type Diagnostic, error } from "../../src/base/diagnostics.js";

export function noModels(name: string): Diagnostic {
  return error("io/no-models", "there is no ONNX file there", {
    file: name,
    hint: "of a folder the files that end in .onnx are taken; name others one by one",
  });
}

export function brokenLink(link: string, target: string, cause: Error): Diagnostic {
  return error("io/broken-link", `the link to ${target} leads nowhere: ${explain(cause).meaning}`, {
    file: link,
    hint: "put back what it leads to, or remove the link",
  });
}

export function noMatch(pattern: string): Diagnostic {
  return error("io/no-match", `no file matches the pattern ${pattern}, so there is no ONNX file there`, {
    file: pattern,
    hint: "* stands for any part of a name, ** for any folders; files in node_modules are left out",
  });
}
