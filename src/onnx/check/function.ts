import type { FunctionProto, ModelProto, NodeProto } from "../proto/records.js";
import { checkCallGraph } from "./call-graph.js";
import type { CheckContext } from "./context.js";
import { defineOutputs, Makers } from "./graph.js";
import { opsetVersions } from "./model.js";
import { checkNode } from "./node.js";
import { Place, quoted } from "./place.js";
import { official } from "./rule.js";
import { Scope } from "./scope.js";

const SINGLE_ASSIGNMENT = "Static single assignment lets a reader say which node made a value.";

export const FUNCTION_RULES = {
  "onnx/function-name": official(
    "Every function of a model has a name.",
    "Nodes call it by name.",
    "name the function",
  ),
  "onnx/function-domain": official(
    "From ir_version 8 on a function has a domain.",
    "Nodes call it by domain and name.",
    "set the domain",
  ),
  "onnx/function-input-unique": official(
    "The inputs of a function have different names.",
    SINGLE_ASSIGNMENT,
    "rename one",
  ),
  "onnx/function-output-unique": official(
    "The outputs of a function have different names.",
    SINGLE_ASSIGNMENT,
    "rename one",
  ),
  "onnx/function-attribute-unique": official(
    "The attributes of a function have different names.",
    "A caller could not say which one it sets.",
    "rename one",
  ),
  "onnx/function-topological": official(
    "The nodes of a function come after those whose outputs they use, and use nothing from outside.",
    "A function is complete in itself, and read in order.",
    "sort the nodes, or pass the value as an input",
  ),
  "onnx/function-ssa": official("A name is given to one value only in a function.", SINGLE_ASSIGNMENT, "rename one"),
  "onnx/function-opset": official(
    "A function imports the domains of its nodes.",
    "It does not inherit those of the model.",
    "add an opset_import to the function",
  ),
  "onnx/function-opset-compatible": official(
    "An operator in a function means the same in the version that the model imports.",
    "A runtime that inlines the function would run another operator.",
    "import the same versions in model and function",
  ),
} as const;

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
      report("onnx/function-input-unique", place.position("input", i), `there is an input ${quoted(name)} already`);
    }
    scope.define(name);
  }
  reportRepeated(fn.output, (i, name) => {
    report("onnx/function-output-unique", place.position("output", i), `there is an output ${quoted(name)} already`);
  });
  reportRepeated(fn.attribute, (i, name) => {
    report(
      "onnx/function-attribute-unique",
      place.position("attribute", i),
      `there is an attribute ${quoted(name)} already`,
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
      context.report("onnx/function-ssa", output, `the name ${quoted(name)} is taken already`);
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
      const message = `${op_type} is another operator in version ${own}, of the function, than in ${model}, of the model`;
      context.report("onnx/function-opset-compatible", place, message);
    }
  }
}
