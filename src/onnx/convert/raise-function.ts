/**
 * Functions of a model. ONNX Runtime reads the nodes of a function in the model's opset, whatever opset the function
 * imports, and the official checker takes no function whose nodes differ in the two. So a function is raised with the
 * model where it imports the model's opset, and else has to mean the same in all the opsets.
 */

import { isOnnxDomain } from "../domains.js";
import type { FunctionProto, NodeProto } from "../graph/records.js";
import type { Place } from "../place.js";
import { ConstantScope } from "./constant-scope.js";
import { GraphRaiser, type NotRaised, type RaiseSetting } from "./graph-raiser.js";
import { defaultOpset, withDefaultOpset } from "./opsets.js";
import { sameInBoth } from "./steps.js";

export interface RaisedFunction {
  readonly fn: FunctionProto;
  readonly notRaised: readonly NotRaised[];
}

export function raiseFunction(fn: FunctionProto, place: Place, setting: RaiseSetting): RaisedFunction {
  const imported = defaultOpset(fn.opset_import);
  if (imported === null) return { fn, notRaised: [] };
  if (imported !== setting.from) return ofAnotherOpset(fn, imported, place, setting);
  const raiser = new GraphRaiser({ ...setting, types: new Map() });
  const node = raiser.nodes(fn.node, place, ConstantScope.ofNodes(fn.node, null));
  return {
    fn: { ...fn, node, opset_import: withDefaultOpset(fn.opset_import, setting.to) },
    notRaised: raiser.notRaised,
  };
}

function ofAnotherOpset(fn: FunctionProto, imported: number, place: Place, setting: RaiseSetting): RaisedFunction {
  const { schemas, from, to, isCall } = setting;
  const oldest = Math.min(from, imported);
  const newest = Math.max(to, imported);
  const differs = (node: NodeProto): boolean => {
    if (node.attribute.some(({ g, graphs }) => [g, ...graphs].some((graph) => graph?.node.some(differs)))) return true;
    return isOnnxDomain(node.domain) && !isCall(node) && !sameInBoth(schemas, node.op_type ?? "", oldest, newest);
  };
  const reason = `the function imports opset ${imported} and the model ${from}, and some of its operators differ between these opsets and ${to}`;
  const notRaised = fn.node.flatMap((node, n) =>
    differs(node) ? [{ place: String(place.item("node", n, node.name)), node, reason }] : [],
  );
  return { fn: { ...fn, opset_import: withDefaultOpset(fn.opset_import, newest) }, notRaised };
}
