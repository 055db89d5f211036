import type { ModelProto } from "../graph/records.js";
import { Place, quoted } from "../place.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import { functionId } from "./call-graph.js";
import type { Report } from "./context.js";
import { walkModel } from "./walk.js";

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
    if (seen.has(domain)) report("onnx/strict-opset-unique", place, `the domain ${quoted(domain)} is already imported`);
    seen.add(domain);
  }
}
