import type { FunctionProto, ModelProto, NodeProto } from "../graph/records.js";
import { Place, quoted } from "../place.js";
import { checkCallGraph } from "./call-graph.js";
import type { CheckContext } from "./context.js";
import { defineOutputs, Makers } from "./graph.js";
import { opsetVersions } from "./model.js";
import { checkNode } from "./node.js";
import { Scope } from "./scope.js";

const FIRST_WITH_FUNCTIONS = 8;

/** The functions of a model, which exist from ir_version 8 on. */
export function checkFunctions(model: ModelProto, context: CheckContext): void {
  if (context.irVersion < FIRST_WITH_FUNCTIONS) return;
  checkCallGraph(model.functions, context);
  const shared = sharedOpsets(model.functions, context.opsets);
  for (const [i, fn] of model.functions.entries()) {
    checkFunction(fn, Place.root("model").item("functions", i, fn.name), { ...context, opsets: shared });
  }
}

/** The model's imports, and for domains that it does not import the first function's that does. */
function sharedOpsets(functions: readonly FunctionProto[], model: ReadonlyMap<string, number>): Map<string, number> {
  const shared = new Map(model);
  for (const { domain = "", version = 0 } of functions.flatMap((fn) => fn.opset_import)) {
    if (!shared.has(domain)) shared.set(domain, Number(version));
  }
  return shared;
}

function checkFunction(fn: FunctionProto, place: Place, context: CheckContext): void {
  const { report } = context;
  if (!fn.name) report("onnx/function-name", place, "has no name");
  if (fn.domain === undefined) report("onnx/function-domain", place, "has no domain");
  const own = { ...context, opsets: opsetVersions(fn.opset_import, place, report) };
  const scope = new Scope(null);
  for (const [i, name] of fn.input.entries()) {
    if (scope.definesHere(name)) {
      report("onnx/function-input-unique", place.position("input", i), `there is already an input ${quoted(name)}`);
    }
    scope.define(name);
  }
  reportRepeated(fn.output, (i, name) => {
    report("onnx/function-output-unique", place.position("output", i), `there is already an output ${quoted(name)}`);
  });
  reportRepeated(fn.attribute, (i, name) => {
    report(
      "onnx/function-attribute-unique",
      place.position("attribute", i),
      `there is already an attribute ${quoted(name)}`,
    );
  });
  checkBody(fn.node, place, own, context.opsets, scope);
}

function reportRepeated(names: readonly string[], repeated: (index: number, name: string) => void): void {
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    if (seen.has(name)) repeated(i, name);
    seen.add(name);
  }
}

function checkBody(
  nodes: readonly NodeProto[],
  place: Place,
  context: CheckContext,
  modelOpsets: ReadonlyMap<string, number>,
  scope: Scope,
): void {
  const makers = new Makers(nodes);
  for (const [n, node] of nodes.entries()) {
    const at = place.item("node", n, node.name);
    for (const [i, name] of node.input.entries()) {
      if (name !== "" && !scope.definesHere(name)) {
        context.report("onnx/function-topological", at.position("input", i), makers.explain(name, n, place));
      }
    }
    checkOpsetCompatible(node, at, context, modelOpsets);
    checkNode(node, at, context, scope);
    defineOutputs(node, at, scope, (output, name) => {
      context.report("onnx/function-ssa", output, `the name ${quoted(name)} is already used`);
    });
  }
}

function checkOpsetCompatible(
  node: NodeProto,
  place: Place,
  context: CheckContext,
  modelOpsets: ReadonlyMap<string, number>,
): void {
  const { domain = "", op_type = "" } = node;
  const own = context.opsets.get(domain);
  const model = modelOpsets.get(domain);
  if (own === undefined) {
    context.report("onnx/function-opset", place, `the function does not import the domain ${quoted(domain)}`);
  } else if (model !== undefined && model !== own) {
    const [a, b] = [own, model].map((version) => context.schemas.find(domain, op_type, version)?.sinceVersion);
    if (a !== b) {
      const message = `${op_type} differs between version ${own}, which the function imports, and version ${model}, which the model imports`;
      context.report("onnx/function-opset-compatible", place, message);
    }
  }
}
