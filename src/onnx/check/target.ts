/** `smxc check --target`: what an execution provider of ONNX Runtime 1.30 makes of a model. */

import type { ModelProto, NodeProto, ValueInfoProto } from "../graph/records.js";
import { inferModel } from "../infer/infer-model.js";
import type { TypeInfo } from "../infer/type-info.js";
import { Place, quoted } from "../place.js";
import { placementOf } from "../providers/placement.js";
import type { Provider } from "../providers/provider.js";
import { type ValueOrigins, valueOrigins } from "../providers/value-origins.js";
import type { Schema, SchemaRegistry } from "../schemas/registry.js";
import type { Report } from "./context.js";
import { Groups } from "./groups.js";
import { wrongOnWebgpu } from "./target-conv.js";
import { checkLoading } from "./target-load.js";

/** Reports what is to be said of a valid model on a target; of what is the same in many nodes only the first. */
export function checkTarget(model: ModelProto, schemas: SchemaRegistry, target: Provider, report: Report): void {
  const groups = new Groups();
  checkLoading(model, schemas, groups);
  const origins = valueOrigins(model);
  const seen = new Set<NodeProto>();
  let hasConvolutions = false;
  inferModel(model, schemas, {
    listener: {
      visited: (node, place, schema, typeOf) => {
        if (seen.has(node)) return;
        seen.add(node);
        hasConvolutions ||= CONVOLUTIONS.has(node.op_type ?? "");
        checkNode({ node, place, schema, typeOf, origins: origins.get(node) ?? null }, target, groups);
      },
    },
  });
  groups.reportTo(report);
  if (target === "cuda" && hasConvolutions) checkDimensions(model, report);
}

interface Visit {
  readonly node: NodeProto;
  readonly place: Place;
  /** Null for operators that ONNX does not define. */
  readonly schema: Schema | null;
  readonly typeOf: (name: string) => TypeInfo | null;
  /** Null in functions. */
  readonly origins: ValueOrigins | null;
}

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose"]);

function checkNode(visit: Visit, target: Provider, groups: Groups): void {
  const { node, schema, place, origins } = visit;
  // Calls of functions are judged by the functions' nodes; other operators without schema have been reported already.
  if (schema === null) return;
  const { status, reason } = placementOf({ node, schema, typeOf: visit.typeOf, origins }, target);
  if (status === "control") groups.add("onnx/target-control-flow", place, reason);
  else if (status === "refused") groups.add("onnx/target-refused", place, reason);
  else if (status === "unknown") groups.add("onnx/target-not-known", place, reason);
  else if (status === "moved") groups.add("onnx/target-moved", place, `${reason}, so it runs on the CPU`);
  else if (status === "as-float32") {
    groups.add("onnx/target-float16", place, "runs in 32 bits between casts", "float16");
  }
  if (schema.name === "Conv" && schema.domain === "") checkConvolution(visit, target, groups);
}

const CONV_INPUTS = ["input", "weight", "bias"] as const;
const NCHW = 4;

function checkConvolution({ node, place, typeOf, origins }: Visit, target: Provider, groups: Groups): void {
  const wrong = target === "webgpu" ? wrongOnWebgpu(node, typeOf) : undefined;
  if (wrong !== undefined) groups.add("onnx/target-wrong-values", place, wrong);
  if (origins === null || (target !== "cpu" && target !== "webgpu")) return;
  const input = typeOf(node.input[0] ?? "");
  if (target === "cpu" && input?.kind === "tensor" && input.shape !== null && input.shape.length !== NCHW) return;
  for (const i of target === "cpu" ? [1, 2] : [1]) {
    const name = node.input[i] ?? "";
    const constant = origins.constant(name);
    if (
      name === "" ||
      constant === "here" ||
      origins.isDequantized(name) ||
      (constant === "outer" && target === "webgpu")
    )
      continue;
    const what = constant === "outer" ? "is an initializer of a graph around it" : "is no constant";
    const message = `its ${CONV_INPUTS[i]} ${quoted(name)} ${what}`;
    groups.add("onnx/target-constant-kernel", place, message, `${i} ${what}`);
  }
}

function checkDimensions(model: ModelProto, report: Report): void {
  const initializers = new Set(model.graph?.initializer.map((tensor) => tensor.name));
  for (const [i, value] of model.graph?.input.entries() ?? []) {
    const varying = initializers.has(value.name) ? [] : varyingDimensions(value);
    if (varying.length === 0) continue;
    const place = Place.root("graph").item("input", i, value.name);
    report("onnx/target-dynamic-shape", place, `its dimensions ${varying.join(", ")} are dynamic`);
  }
}

/** The symbols, or where there is none the positions, of dimensions that are not fixed. */
function varyingDimensions({ type }: ValueInfoProto): readonly string[] {
  const dims = type?.tensor_type?.shape?.dim ?? [];
  return dims.flatMap(({ dim_value, dim_param }, d) => (dim_value === undefined ? [dim_param || `${d}`] : []));
}
