/** A model in an opset that smxc writes its own nodes for. */
import { error, SmxcError } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";
import { onnxOpset } from "../frontends/onnx/source-nodes.js";
import type { NotRaised } from "../onnx/convert/graph-raiser.js";
import { RAISED_OPSET, raiseOpset } from "../onnx/convert/raise-opset.js";
import { isOnnxDomain } from "../onnx/domains.js";
import type { ModelWithGraph } from "../onnx/graph/records.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import { asModern } from "./modern-ir.js";

interface Raised {
  readonly model: ModelWithGraph;
  /** What keeps the model from such an opset; then the model is the source. */
  readonly notRaised: readonly NotRaised[];
}

/** @param asked absent: the source's opset, raised where smxc writes no nodes for it @throws SmxcError `compile/opset` */
export function inWritableOpset(
  model: ModelWithGraph,
  asked: number | "keep" | undefined,
  schemas: SchemaRegistry,
): Raised {
  checkOneOpset(model);
  const from = onnxOpset(model);
  const to = typeof asked === "number" ? asked : Math.max(from, RAISED_OPSET);
  if (asked === "keep" && from < RAISED_OPSET)
    return {
      model,
      notRaised: [{ place: "opset_import", node: null, reason: `opset ${from} must be kept, as requested` }],
    };
  if (to === from) return { model: asModern(model), notRaised: [] };
  if (to < from || to > RAISED_OPSET) throw notThatOpset(from, to);
  const raised = raiseOpset(model, schemas, to);
  if ("model" in raised) return { model: asModern(raised.model as ModelWithGraph), notRaised: [] };
  if (asked === to) throw cannotRaise(to, raised.refused);
  return { model, notRaised: raised.refused };
}

/** Of several versions, readers take the first or the last: the graph would be another for each. */
function checkOneOpset({ opset_import }: ModelWithGraph): void {
  const versions = opset_import.flatMap(({ domain, version }) => (isOnnxDomain(domain) ? [Number(version ?? 0)] : []));
  const distinct = [...new Set(versions)];
  if (distinct.length < 2) return;
  throw new SmxcError([
    error("compile/opset", `the graph imports ai.onnx in the versions ${distinct.join(" and ")}`, {
      place: "opset_import",
      hint: "keep the version that the graph's nodes were written for, and remove the others",
    }),
  ]);
}

function notThatOpset(from: number, to: number): SmxcError {
  const possible = from < RAISED_OPSET ? `${RAISED_OPSET} or keep` : "keep";
  const rule = to < from ? "smxc only raises opsets" : `smxc raises graphs to opset ${RAISED_OPSET} and no further`;
  return new SmxcError([
    error("compile/opset", `the graph has opset ${from} and cannot be written in opset ${to}: ${rule}`, {
      ...remedy`compile with ${option("opset", possible)}`,
    }),
  ]);
}

function cannotRaise(to: number, refused: readonly NotRaised[]): SmxcError {
  return new SmxcError(
    refused.map(({ place, node, reason }) =>
      error("compile/opset", `the graph cannot be raised to opset ${to}: ${reason}`, {
        place: node === null ? place : `node "${node}"`,
        ...remedy`compile with ${option("opset", "keep")}`,
      }),
    ),
  );
}
