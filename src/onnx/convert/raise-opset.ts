/** Raises a model to a later opset of ai.onnx, node by node, after the tables of `converters.ts` and `unchanged.ts`. */

import type { ModelProto, NodeProto } from "../graph/records.js";
import { Place } from "../place.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import { GraphRaiser, type NotRaised, type RaiseSetting } from "./graph-raiser.js";
import { inputTypes } from "./input-types.js";
import { defaultOpset, withDefaultOpset } from "./opsets.js";
import { raiseFunction } from "./raise-function.js";
import { OLDEST_OPSET } from "./steps.js";
import { ValueNames } from "./value-names.js";

export type RaisedOpset = { readonly model: ModelProto } | { readonly refused: readonly NotRaised[] };

/** The opset that older models are raised to, the first that smxc emits. */
export const RAISED_OPSET = 17;

/**
 * The model in the opset `to` (13 … 17), or all that stands against it. Nodes that need not change are the same objects,
 * and a model of that opset or a later one is the same model. Names of values stay; those of new ones begin with the
 * name of the output that they are made for. The model must be valid.
 */
export function raiseOpset(model: ModelProto, schemas: SchemaRegistry, to: number = RAISED_OPSET): RaisedOpset {
  const { graph } = model;
  const from = defaultOpset(model.opset_import);
  if (from !== null && from >= to) return { model };
  const opset_import = withDefaultOpset(model.opset_import, to);
  if (from === null || graph === undefined) return { model: { ...model, opset_import } };
  const against = reasonAgainst(model, from);
  if (against !== null) return { refused: [{ place: "opset_import", node: null, reason: against }] };
  const setting: RaiseSetting = {
    schemas,
    from,
    to,
    irVersion: Number(model.ir_version ?? 0),
    names: new ValueNames(model),
    types: inputTypes(model, schemas),
    isCall: callsOf(model),
  };
  const raiser = new GraphRaiser(setting);
  const raised = raiser.graph(graph, Place.root("graph"), null);
  const functions = model.functions.map((fn, n) =>
    raiseFunction(fn, Place.root("model").item("functions", n, fn.name), setting),
  );
  const refused = [...raiser.notRaised, ...functions.flatMap(({ notRaised }) => notRaised)];
  if (refused.length > 0) return { refused };
  return { model: { ...model, opset_import, graph: raised, functions: functions.map(({ fn }) => fn) } };
}

function reasonAgainst(model: ModelProto, from: number): string | null {
  if (from < OLDEST_OPSET) return `smxc can raise models of opset ${OLDEST_OPSET} and later; this one has ${from}`;
  return model.training_info.length > 0 ? "smxc does not raise training graphs (training_info)" : null;
}

function callsOf({ functions }: ModelProto): (node: NodeProto) => boolean {
  const called = new Set(functions.map(({ domain = "", name = "" }) => `${domain}\0${name}`));
  return ({ domain = "", op_type = "" }) => called.has(`${domain}\0${op_type}`);
}
