import type { ModelProto } from "../proto/records.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import { functionId } from "./call-graph.js";
import type { Report } from "./context.js";
import { Place, quoted } from "./place.js";
import { strictError, strictWarning } from "./rule.js";
import { walkModel } from "./walk.js";

export const STRICT_MODEL_RULES = {
  "onnx/strict-opset-known": strictError(
    "The version of an imported opset exists.",
    "A runtime cannot know what a future version changes; ONNX Runtime refuses it.",
    "import the version that the operators were written for",
  ),
  "onnx/strict-opset-unique": strictError(
    "A domain is imported once; `ai.onnx` is the empty domain.",
    "Readers take one of the versions, and not the same one.",
    "remove the duplicate",
  ),
  "onnx/strict-function-unused": strictWarning(
    "Every function of a model is called.",
    "It makes the file larger and tools wonder.",
    "remove the function",
  ),
  "onnx/strict-function-output": strictError(
    "Every output of a function is one of its inputs or made by one of its nodes.",
    "A caller would get nothing.",
    "name a value that exists",
  ),
  "onnx/strict-reference-outside": strictError(
    "Only nodes of functions refer to attributes of a caller.",
    "Outside of a function there is no caller; the attribute has no value.",
    "set the value itself",
  ),
} as const;

export function checkModelStrictly(model: ModelProto, schemas: SchemaRegistry, report: Report): void {
  checkImports(model.opset_import, Place.root("model"), schemas, report);
  const called = new Set<string>();
  walkModel(model, {
    node: ({ domain, op_type, overload }) => void called.add(functionId(domain, op_type, overload)),
    attribute: ({ ref_attr_name }, place, fn) => {
      if (fn === null && ref_attr_name) {
        report("onnx/strict-reference-outside", place, `refers to ${quoted(ref_attr_name)}`);
      }
    },
  });
  for (const [i, fn] of model.functions.entries()) {
    const place = Place.root("model").item("functions", i, fn.name);
    checkImports(fn.opset_import, place, schemas, report);
    if (!called.has(functionId(fn.domain, fn.name, fn.overload)))
      report("onnx/strict-function-unused", place, "is never called");
    const made = new Set([...fn.input, ...fn.node.flatMap((node) => node.output)]);
    for (const [o, name] of fn.output.entries()) {
      if (!made.has(name)) {
        report(
          "onnx/strict-function-output",
          place.position("output", o),
          `nothing in the function defines ${quoted(name)}`,
        );
      }
    }
  }
}

function checkImports(
  imports: ModelProto["opset_import"],
  owner: Place,
  schemas: SchemaRegistry,
  report: Report,
): void {
  const seen = new Set<string>();
  for (const [i, { domain: given = "", version = 0 }] of imports.entries()) {
    const domain = given === "ai.onnx" ? "" : given;
    const place = owner.item("opset_import", i, given);
    const newest = schemas.versions.get(domain);
    if (newest !== undefined && (version < 1 || version > newest)) {
      report("onnx/strict-opset-known", place, `version ${version} is not among 1 to ${newest}`);
    }
    if (seen.has(domain)) report("onnx/strict-opset-unique", place, `the domain ${quoted(domain)} is imported already`);
    seen.add(domain);
  }
}
