/** Bytes of values, and how many are needed at one time. */
import { elementType } from "../graph/element-types.js";
import type { ModelProto, NodeProto } from "../graph/records.js";
import type { TypeInfo } from "../infer/type-info.js";
import { plus, sum, times } from "./figures.js";
import type { Site } from "./sites.js";

/** Bytes of `count` elements; strings count nothing. */
export function bytesOfElements(dataType: number | undefined, count: number): number {
  return Math.ceil(times(count, (elementType(dataType)?.bits ?? 0) / 8));
}

/** Null where the type or a size is not known. */
export function bytesOfValue(type: TypeInfo | null): number | null {
  if (type?.kind !== "tensor" || type.shape === null || type.elem === 0) return null;
  let count = 1;
  for (const dim of type.shape) {
    if (typeof dim !== "number") return null;
    count = times(count, dim);
  }
  return bytesOfElements(type.elem, count);
}

/** Operators whose result is their first input's memory, seen in other dimensions. */
const VIEWS: ReadonlySet<string> = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"]);

export interface PeakMemory {
  /** Largest sum of the values that are needed at one time, weights aside, when nodes run in order. */
  readonly bytes: number;
  /** Values whose size is not known, and which are left out. */
  readonly unknown: number;
}

/**
 * From where a value is made to its last reader; inside control flow, the values of one turn. What `isHeld` says of a
 * node's result is kept with the weights.
 */
export function peakMemory(
  model: ModelProto,
  sites: readonly Site[],
  inputs: ReadonlyMap<string, TypeInfo>,
  isHeld: (node: NodeProto, name: string) => boolean,
): PeakMemory {
  const { graph } = model;
  const initializers = new Set(graph?.initializer.map(({ name = "" }) => name));
  const given = (graph?.input ?? []).map(({ name = "" }) => name).filter((name) => !initializers.has(name));
  const run = new Run(isHeld);
  const enter = given.map((name): Value => ({ name, bytes: run.sized(inputs.get(name) ?? null) }));
  const kept = (graph?.output ?? []).map(({ name = "" }) => name);
  return { bytes: run.peakOf(sites, enter, new Set(kept)), unknown: run.unknown };
}

interface Value {
  readonly name: string;
  readonly bytes: number;
}

class Run {
  unknown = 0;

  constructor(private readonly isHeld: (node: NodeProto, name: string) => boolean) {}

  sized(type: TypeInfo | null): number {
    const bytes = bytesOfValue(type);
    if (bytes === null) this.unknown++;
    return bytes ?? 0;
  }

  peakOf(sites: readonly Site[], entering: readonly Value[], kept: ReadonlySet<string>): number {
    const store = new Map<string, string>();
    const storeOf = (name: string): string => store.get(name) ?? name;
    for (const { node } of sites) if (isView(node)) store.set(node.output[0]!, storeOf(node.input[0]!));
    const lastRead = new Map<string, number>();
    for (const [n, site] of sites.entries()) for (const name of namesRead(site)) lastRead.set(storeOf(name), n);
    for (const name of kept) lastRead.set(storeOf(name), sites.length);
    const live = new Map(entering.map(({ name, bytes }) => [name, bytes]));
    let total = sum(entering.map(({ bytes }) => bytes));
    let peak = total;
    for (const [n, site] of sites.entries()) {
      const inner = site.inner.length === 0 ? 0 : this.peakOf(site.inner, [], new Set());
      for (const [o, name] of site.node.output.entries()) {
        if (name === "" || store.has(name) || this.isHeld(site.node, name)) continue;
        const bytes = this.sized(site.outputs[o] ?? null);
        live.set(name, bytes);
        total = plus(total, bytes);
      }
      peak = Math.max(peak, plus(total, inner));
      for (const name of new Set([...namesRead(site), ...site.node.output].map(storeOf))) {
        if ((lastRead.get(name) ?? n) > n) continue;
        total = Math.max(0, total - (live.get(name) ?? 0));
        live.delete(name);
      }
    }
    return peak;
  }
}

export function isView({ op_type = "", domain = "", input, output }: NodeProto): boolean {
  return domain === "" && VIEWS.has(op_type) && Boolean(input[0]) && Boolean(output[0]);
}

/** What the node reads, and what the nodes of its sub-graphs do; names inside a function are its own. */
export function namesRead({ node, schema, inner }: Site): readonly string[] {
  return schema === null || inner.length === 0 ? node.input : [...node.input, ...inner.flatMap(namesRead)];
}
