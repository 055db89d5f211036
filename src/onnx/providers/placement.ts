/** Where ONNX Runtime runs a node of a graph that a provider is asked to run. */

import type { NodeProto } from "../graph/records.js";
import type { TypeInfo } from "../infer/type-info.js";
import type { Schema } from "../schemas/registry.js";
import { nodeTypes } from "./node-types.js";
import type { Provider } from "./provider.js";
import { providerSupport } from "./provider-support.js";
import type { ValueOrigins } from "./value-origins.js";

export interface NodeSite {
  readonly node: NodeProto;
  readonly schema: Schema;
  readonly typeOf: (name: string) => TypeInfo | null;
  /** Null in functions. */
  readonly origins: ValueOrigins | null;
}

export interface Placement {
  /**
   * `native`: the provider runs it. `host`: it is a constant, or arithmetic on sizes or integers, which stays on the CPU
   * by design, or is removed. `moved`: it is moved to the CPU. `control`: it makes the host wait, or runs there.
   * `as-float32`: it runs in 32 bits between casts. `refused`: no session opens. `unknown`: no table says.
   */
  readonly status: "native" | "host" | "moved" | "control" | "as-float32" | "refused" | "unknown";
  /** One sentence. */
  readonly reason: string;
}

const CONTROL_FLOW: ReadonlySet<string> = new Set(["If", "Loop", "Scan"]);

const CONTROL_REASONS: Readonly<Partial<Record<Provider, (operator: string) => string>>> = {
  webgpu: (operator) =>
    operator === "If" ? "If copies its condition back to the host" : `${operator} runs on the CPU`,
  cuda: (operator) => `${operator} makes the host wait for the device`,
};

/** Operators that ONNX Runtime's optimizer takes out of graphs before anything is placed. */
const REMOVED: ReadonlySet<string> = new Set(["Dropout"]);

const FLOATS: ReadonlySet<string> = new Set(["float", "float16", "double", "bfloat16"]);

export function placementOf(site: NodeSite, provider: Provider): Placement {
  const { node, schema, typeOf, origins } = site;
  const control = schema.domain === "" && CONTROL_FLOW.has(schema.name) ? CONTROL_REASONS[provider] : undefined;
  if (control !== undefined) {
    const isFolded = schema.name === "If" && origins?.constant(node.input[0] ?? "") != null;
    return { status: isFolded ? "host" : "control", reason: control(schema.name) };
  }
  const typed = (names: readonly string[]): (TypeInfo | null)[] =>
    names.map((name) => (name === "" ? null : typeOf(name)));
  const types = nodeTypes(schema, typed(node.input), typed(node.output));
  const { status, reason } = providerSupport(provider, schema, types);
  if (status !== "cpu") return { status, reason };
  const isFloat = types.size === 0 || [...types.values()].some((type) => FLOATS.has(type));
  const stays = !isFloat || node.output.every((name) => staysOnHost(name, origins)) || REMOVED.has(schema.name);
  return { status: stays ? "host" : "moved", reason };
}

/** Constants are computed once, and arithmetic on sizes stays on the host by design. */
function staysOnHost(name: string, origins: ValueOrigins | null): boolean {
  return name === "" || (origins !== null && (origins.constant(name) !== null || origins.isSize(name)));
}
