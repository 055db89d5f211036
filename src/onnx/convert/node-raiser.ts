import type { NodeProto } from "../graph/records.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import { ConstantScope } from "./constant-scope.js";
import { type Converted, isRefused, refuse, type Site } from "./converter.js";
import { nextVersion, stepTo } from "./steps.js";

/**
 * A node of ai.onnx, in `from`, written in `to`: the node itself where it need not change. Its sub-graphs are left as
 * they are.
 */
export function raiseNode(node: NodeProto, schemas: SchemaRegistry, from: number, to: number, site: Site): Converted {
  const operator = node.op_type ?? "";
  if (schemas.find("", operator, from) === null) return refuse(`there is no such operator in opset ${from}`);
  const version = nextVersion(schemas, operator, from, to);
  if (version === null) return [node];
  const step = stepTo(operator, version);
  if (step === "unlisted") return refuse(`it is not known what opset ${version} changed`);
  if (step === "unchanged") return raiseNode(node, schemas, version, to, site);
  const parameter = node.attribute.find(({ ref_attr_name }) => ref_attr_name);
  if (parameter !== undefined)
    return refuse(`its attribute ${parameter.name} is a parameter of the function around it`);
  const converted = step(node, site);
  return isRefused(converted) ? converted : raiseAll(converted, schemas, version, to, site);
}

/** Nodes that were made for one node: of those that give constants, the others know. */
function raiseAll(
  nodes: readonly NodeProto[],
  schemas: SchemaRegistry,
  from: number,
  to: number,
  site: Site,
): Converted {
  const made = ConstantScope.ofNodes(nodes, null);
  const knowing = { ...site, floats: (value: string) => made.floats(value) ?? site.floats(value) };
  const raised: NodeProto[] = [];
  for (const node of nodes) {
    const converted = raiseNode(node, schemas, from, to, knowing);
    if (isRefused(converted)) return converted;
    raised.push(...converted);
  }
  return raised;
}
