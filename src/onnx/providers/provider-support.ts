import { CPU } from "./cpu.js";
import { CUDA } from "./cuda.js";
import { type Kernel, type KernelTable, kernelsOf } from "./kernel-table.js";
import type { Provider } from "./provider.js";
import { WASM } from "./wasm.js";
import { WEBGPU } from "./webgpu.js";

export const PROVIDER_TABLES: Readonly<Record<Provider, KernelTable>> = {
  cpu: CPU,
  wasm: WASM,
  webgpu: WEBGPU,
  cuda: CUDA,
};

/** Newest ir_version that ONNX Runtime 1.30 opens (run). */
export const NEWEST_IR_VERSION = 13;

/**
 * Types of elements that no value of ONNX Runtime 1.30 has. Of complex numbers it has constants, and nothing that could
 * hold them when it runs.
 */
export const MISSING_TYPES: ReadonlySet<string> = new Set(["FLOAT6E2M3", "FLOAT6E3M2", "COMPLEX64", "COMPLEX128"]);

/** Types of elements that ONNX Runtime 1.30 does not even store. */
export const UNSTORED_TYPES: ReadonlySet<string> = new Set(["FLOAT6E2M3", "FLOAT6E3M2"]);

/** An operator in the version that the imported opset puts in force. */
export interface OperatorVersion {
  /** Empty for ai.onnx. */
  readonly domain: string;
  readonly name: string;
  readonly sinceVersion: number;
}

export interface ProviderSupport {
  /**
   * `native`: the provider runs it. `as-float32`: it runs in 32 bits between casts. `cpu`: ONNX Runtime moves it to
   * the CPU provider. `refused`: nothing runs it, no session opens. `unknown`: no table says, which is no promise.
   */
  readonly status: "native" | "as-float32" | "cpu" | "refused" | "unknown";
  /** One sentence. */
  readonly reason: string;
  /** Where the table is from. */
  readonly source: string;
}

const ON_HOST: ReadonlySet<Provider> = new Set(["cpu", "wasm"]);

/**
 * What a provider of ONNX Runtime 1.30 does with an operator.
 *
 * @param types element types such as `float`, by the type variables (`T`) and parameter names of the operator's
 *   signature; those that are left out are taken to be fine
 */
export function providerSupport(
  provider: Provider,
  operator: OperatorVersion,
  types: ReadonlyMap<string, string> = new Map(),
): ProviderSupport {
  const table = PROVIDER_TABLES[provider];
  const { source } = table;
  const own = kernelFit(table, operator, types);
  const name = `${operator.name} (since opset ${operator.sinceVersion})`;
  if (own.kind === "fits" || own.kind === "expanded") {
    return { status: "native", reason: `${provider} runs ${name}`, source };
  }
  if (own.kind === "unknown") {
    return { status: "unknown", reason: `it is not known whether ${provider} runs ${name}`, source };
  }
  const lack = `${provider} has no kernel for ${name}${own.detail}`;
  if (ON_HOST.has(provider)) {
    return runsAsFloat32(table, operator, types)
      ? { status: "as-float32", reason: `${lack}; it runs in 32 bits between casts`, source }
      : { status: "refused", reason: lack, source };
  }
  const host = runsAsFloat32(CPU, operator, types) ? FITS : kernelFit(CPU, operator, types);
  if (host.kind === "fits") return { status: "cpu", reason: lack, source };
  return host.kind === "misfit"
    ? { status: "refused", reason: `${lack}, and the CPU provider has none either`, source }
    : { status: "unknown", reason: `${lack}; ${NOT_HOST[host.kind]}`, source };
}

/** Whether a kernel fits; `detail` is the end of a sentence. */
type KernelFit =
  | { readonly kind: "fits" }
  | { readonly kind: "expanded" }
  | { readonly kind: "unknown" }
  | { readonly kind: "misfit"; readonly detail: string };

const FITS: KernelFit = { kind: "fits" };
const UNKNOWN: KernelFit = { kind: "unknown" };

const NOT_HOST = {
  expanded: "ONNX Runtime replaces it by the operators that define it, and it is not known where these run",
  unknown: "it is not known whether the CPU provider has one",
} as const;

const KNOWN_DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx.ml"]);

function kernelFit(table: KernelTable, operator: OperatorVersion, types: ReadonlyMap<string, string>): KernelFit {
  const { domain, name, sinceVersion } = operator;
  if (!KNOWN_DOMAINS.has(domain)) return UNKNOWN;
  // Constant nodes become initializers before kernels are looked for.
  if (domain === "" && name === "Constant") return FITS;
  if (domain === "" && sinceVersion > table.newestOpset) return UNKNOWN;
  const kernels = kernelsOf(table, domain, name, sinceVersion);
  if (kernels.some(({ kind }) => kind === "unknown")) return UNKNOWN;
  const misfits = kernels.map((kernel) => misfitOf(kernel, types));
  if (kernels.some(({ kind }) => kind === "expanded")) return { kind: "expanded" };
  if (misfits.includes(null)) return FITS;
  return { kind: "misfit", detail: misfits.length === 0 ? "" : ` with ${misfits[0]}` };
}

/** The constraint that a type does not meet; null when all do. */
function misfitOf({ types: limits }: Kernel, types: ReadonlyMap<string, string>): string | null {
  for (const [constraint, allowed] of limits) {
    const type = types.get(constraint);
    if (type !== undefined && !allowed.has(type)) return `${constraint} = ${type}`;
  }
  return null;
}

/** The CPU provider has few kernels for 16 bits; ONNX Runtime puts casts around those for 32 (insert_cast_transformer). */
function runsAsFloat32(table: KernelTable, operator: OperatorVersion, types: ReadonlyMap<string, string>): boolean {
  const widened = new Map([...types].map(([name, type]) => [name, type === "float16" ? "float" : type]));
  return [...types.values()].includes("float16") && kernelFit(table, operator, widened).kind === "fits";
}
