/** Where the nodes of a model run, by execution provider. */
import { isOnnxDomain } from "../../onnx/domains.js";
import type { NodeProto } from "../../onnx/graph/records.js";
import { type Placement, placementOf } from "../../onnx/providers/placement.js";
import { PROVIDERS, type Provider } from "../../onnx/providers/provider.js";
import type { ValueOrigins } from "../../onnx/providers/value-origins.js";
import { flattened, type Site } from "../../onnx/work/sites.js";

export interface ProviderCoverage {
  readonly provider: Provider;
  /** Nodes by where they run; those that are left out of `placementOf`'s list are zero. */
  readonly nodes: Readonly<Record<Placement["status"], number>>;
  /** Operators that do not run on the provider as they should, most nodes first. */
  readonly elsewhere: readonly { readonly op: string; readonly status: Placement["status"]; readonly count: number }[];
}

export interface DomainCoverage {
  /** `ai.onnx` for the empty domain. */
  readonly domain: string;
  /** As the model imports it. */
  readonly version: number;
  /** The oldest version with the same operators; null where the model uses none that ONNX defines. */
  readonly needed: number | null;
}

const FINE: ReadonlySet<Placement["status"]> = new Set(["native", "host"]);

export function coverageOf(
  sites: readonly Site[],
  originsOf: (node: NodeProto) => ValueOrigins | null,
): readonly ProviderCoverage[] {
  const all = flattened(sites).filter((site) => site.schema !== null || site.inner.length === 0);
  return PROVIDERS.map((provider): ProviderCoverage => {
    const nodes = { native: 0, host: 0, moved: 0, control: 0, "as-float32": 0, refused: 0, unknown: 0 };
    const elsewhere = new Map<string, { op: string; status: Placement["status"]; count: number }>();
    for (const site of all) {
      const status = statusOf(site, provider, originsOf(site.node));
      nodes[status]++;
      if (FINE.has(status)) continue;
      const op = operatorOf(site.node);
      const row = elsewhere.get(`${op} ${status}`) ?? { op, status, count: 0 };
      row.count++;
      elsewhere.set(`${op} ${status}`, row);
    }
    return { provider, nodes, elsewhere: [...elsewhere.values()].sort((a, b) => b.count - a.count) };
  });
}

function statusOf(site: Site, provider: Provider, origins: ValueOrigins | null): Placement["status"] {
  const { node, schema, inputs, outputs } = site;
  if (schema === null) return "unknown";
  const types = new Map([
    ...node.input.map((name, i) => [name, inputs[i] ?? null] as const),
    ...node.output.map((name, o) => [name, outputs[o] ?? null] as const),
  ]);
  return placementOf({ node, schema, origins, typeOf: (name) => types.get(name) ?? null }, provider).status;
}

/** With its domain where that is not ONNX's own. */
export function operatorOf({ domain = "", op_type = "" }: NodeProto): string {
  return isOnnxDomain(domain) ? op_type : `${domain}.${op_type}`;
}

export function opsetsOf(
  imports: readonly { readonly domain: string | undefined; readonly version: number | bigint | undefined }[],
  sites: readonly Site[],
): readonly DomainCoverage[] {
  const needed = new Map<string, number>();
  for (const { schema } of flattened(sites)) {
    if (schema !== null) needed.set(schema.domain, Math.max(needed.get(schema.domain) ?? 0, schema.sinceVersion));
  }
  return imports.map(({ domain, version }) => ({
    domain: domain || "ai.onnx",
    version: Number(version ?? 0),
    needed: needed.get(domain === "ai.onnx" ? "" : (domain ?? "")) ?? null,
  }));
}
