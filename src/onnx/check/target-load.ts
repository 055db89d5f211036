/** What ONNX Runtime 1.30 refuses when it opens a model, whatever its providers could run. */
import { elementType, elementTypeName } from "../graph/element-types.js";
import type { FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto, TypeProto } from "../graph/records.js";
import { Place, quoted } from "../place.js";
import { NEWEST_DOMAINS, runtimeHas } from "../providers/contrib.js";
import { MISSING_TYPES, NEWEST_IR_VERSION, UNSTORED_TYPES } from "../providers/provider-support.js";
import { runtimeOpens, type Vocabulary } from "../schemas/attribute-words.js";
import type { Schema, SchemaRegistry } from "../schemas/registry.js";
import { calledFunctions, functionId } from "./call-graph.js";
import type { Groups } from "./groups.js";
import { definedNames, repeatedNodeNames } from "./strict-graph.js";
import { dataOf } from "./strict-tensor.js";
import { usedNames } from "./strict-unused.js";
import { textsOf, wordAttributes } from "./strict-word.js";
import { walkModel } from "./walk.js";

const REFUSED = "onnx/target-refused";
const NO_SESSION = "ONNX Runtime cannot open the model";

export function checkLoading(model: ModelProto, schemas: SchemaRegistry, groups: Groups): void {
  const root = Place.root("model");
  const called = calledFunctions(model);
  checkVersions(model, called, root, groups);
  const defined = new Set(model.functions.map((fn) => functionId(fn.domain, fn.name, fn.overload)));
  const schemaOf = schemaFinder(model, schemas);
  const isLive = (fn: FunctionProto | null): boolean => fn === null || called.has(fn);
  walkModel(model, {
    graph: (graph, place, _, fn) => {
      if (!isLive(fn)) return;
      checkNames(graph.node, place, groups);
      checkTypes(graph, place, groups);
      checkInitializers(graph, place, groups);
    },
    function: (fn, place) => {
      if (isLive(fn)) checkNames(fn.node, place, groups);
    },
    node: (node, place, fn) => {
      if (!isLive(fn) || defined.has(functionId(node.domain, node.op_type, node.overload))) return;
      const schema = schemaOf(node, fn);
      if (schema === null) checkOperator(node, place, groups);
      else if (schema !== undefined) checkWords(node, schema, place, groups);
    },
    tensor: ({ data_type }, place) => {
      const type = elementType(data_type)?.name ?? "";
      if (UNSTORED_TYPES.has(type)) groups.add(REFUSED, place, `${NO_SESSION}: ONNX Runtime has no type ${type}`);
    },
  });
}

/** Of a domain that is imported several times, the first counts. */
function checkVersions(model: ModelProto, called: ReadonlySet<FunctionProto>, root: Place, groups: Groups): void {
  if (Number(model.ir_version ?? 0) > NEWEST_IR_VERSION) {
    groups.add(
      "onnx/target-version",
      root,
      `has ir_version ${model.ir_version}; the newest that ONNX Runtime can open is ${NEWEST_IR_VERSION}`,
    );
  }
  if (model.opset_import.length === 0) {
    groups.add("onnx/target-version", root, "imports no opset; ONNX Runtime can open only models that do");
  }
  checkImports(model.opset_import, root, groups);
  for (const [i, fn] of model.functions.entries()) {
    if (called.has(fn)) checkImports(fn.opset_import, root.item("functions", i, fn.name), groups);
  }
}

function checkImports(imports: ModelProto["opset_import"], owner: Place, groups: Groups): void {
  const seen = new Set<string>();
  for (const [i, { domain: given = "", version = 0 }] of imports.entries()) {
    const domain = given === "ai.onnx" ? "" : given;
    const newest = NEWEST_DOMAINS.get(domain);
    if (!seen.has(domain) && newest !== undefined && version > newest) {
      const message = `imports opset ${version} of ${domain || "ai.onnx"}; the newest that ONNX Runtime can open is ${newest}`;
      groups.add("onnx/target-version", owner.item("opset_import", i), message);
    }
    seen.add(domain);
  }
}

/** Finds null for operators that ONNX does not define, undefined where no version of the domain is imported. */
function schemaFinder(model: ModelProto, schemas: SchemaRegistry) {
  const versionsOf = (imports: ModelProto["opset_import"]) =>
    new Map(imports.map(({ domain = "", version = 0 }) => [domain === "ai.onnx" ? "" : domain, Number(version)]));
  const own = versionsOf(model.opset_import);
  const byFunction = new Map(model.functions.map((fn) => [fn, versionsOf(fn.opset_import)]));
  return (node: NodeProto, fn: FunctionProto | null): Schema | null | undefined => {
    const domain = node.domain === "ai.onnx" ? "" : (node.domain ?? "");
    const version = (fn === null ? own : byFunction.get(fn))?.get(domain);
    return version === undefined ? undefined : schemas.find(domain, node.op_type ?? "", version);
  };
}

function checkNames(nodes: readonly NodeProto[], place: Place, groups: Groups): void {
  for (const [at, message] of repeatedNodeNames(nodes, place)) {
    groups.add(REFUSED, at, `${NO_SESSION}: ${message}`, "repeated node name");
  }
}

/** Operators that ONNX does not define. */
function checkOperator(node: NodeProto, place: Place, groups: Groups): void {
  const domain = node.domain === "ai.onnx" ? "" : (node.domain ?? "");
  const operator = `${domain === "" ? "" : `${domain}.`}${node.op_type ?? ""}`;
  if (domain === "") {
    const message = `${NO_SESSION}: ${quoted(operator)} is not an operator of ONNX, and ONNX Runtime has no kernel for it`;
    groups.add(REFUSED, place, message);
    return;
  }
  const isThere = runtimeHas(domain, node.op_type ?? "");
  if (isThere === false) {
    const message = `ONNX Runtime has no operator ${quoted(operator)}; it can open the model only if a library that provides it is registered`;
    groups.add("onnx/target-custom-operator", place, message);
  } else {
    groups.add(
      "onnx/target-not-known",
      place,
      `it is not known which provider runs ${quoted(operator)}, an operator of ONNX Runtime`,
    );
  }
}

function checkWords(node: NodeProto, schema: Schema, place: Place, groups: Groups): void {
  for (const { attribute, vocabulary } of wordAttributes(node, schema)) {
    if (!isLookedAt(node, vocabulary)) continue;
    const refused = textsOf(attribute).find(
      (text) => text === null || !runtimeOpens(text, vocabulary, schema.sinceVersion),
    );
    if (refused === undefined) continue;
    const word = refused === null ? "a long text" : quoted(refused);
    const message = `${NO_SESSION}: the ${vocabulary.attribute} of ${schema.name} is ${word}`;
    groups.add(REFUSED, place.named("attribute", vocabulary.attribute), message);
  }
}

function isLookedAt(node: NodeProto, { runtime }: Vocabulary): boolean {
  if (runtime?.onlyWith === undefined) return true;
  const [name, value] = runtime.onlyWith;
  const other = node.attribute.find((each) => each.name === name);
  return other === undefined || (!other.ref_attr_name && textsOf(other)[0] === value);
}

/** Declared types; those of names that the graph does not have are never looked at. */
function checkTypes(graph: GraphProto, place: Place, groups: Groups): void {
  const known = definedNames(graph);
  for (const list of ["input", "output", "value_info"] as const) {
    for (const [i, { name = "", type }] of graph[list].entries()) {
      const code = list === "value_info" && !known.has(name) ? undefined : declaredType(type);
      if (code === undefined || isRunnable(code)) continue;
      const message = `${NO_SESSION}: it has no values of the type ${code === 0 ? "UNDEFINED" : elementTypeName(code)}`;
      groups.add(REFUSED, place.item(list, i, name), message);
    }
  }
}

function declaredType(type: TypeProto | undefined): number | undefined {
  return (type?.tensor_type ?? type?.sparse_tensor_type)?.elem_type;
}

function isRunnable(code: number): boolean {
  const type = elementType(code);
  return type !== null && !MISSING_TYPES.has(type.name);
}

const EXTERNAL = 1;

/** Those that nothing uses are dropped unread. */
function checkInitializers(graph: GraphProto, place: Place, groups: Groups): void {
  const used = usedNames(graph);
  for (const [i, tensor] of graph.initializer.entries()) {
    if (!used.has(tensor.name ?? "") || tensor.data_location === EXTERNAL) continue;
    const fault = dataFault(tensor);
    if (fault !== null) groups.add(REFUSED, place.item("initializer", i, tensor.name), fault, "data of initializers");
  }
}

function dataFault(tensor: TensorProto): string | null {
  const type = elementType(tensor.data_type);
  if (type === null) return null;
  const { has, asked, what } = dataOf(tensor, type);
  const [exact] = asked;
  return exact === undefined || BigInt(has) === exact
    ? null
    : `${NO_SESSION}: has ${has} ${what} where it takes ${exact}`;
}
