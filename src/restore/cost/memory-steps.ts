/** What a run takes and gives back, in order: its values by liveness, as ONNX Runtime's CPU provider holds them. */
import type { NodeProto } from "../../onnx/graph/records.js";
import type { TypeInfo } from "../../onnx/infer/type-info.js";
import { bytesOfValue, isView, namesRead } from "../../onnx/work/memory.js";
import type { Site } from "../../onnx/work/sites.js";
import { blockedBytes, type Layouts } from "./layouts.js";

/** Bytes that are taken for a value, or what a step took and gives back. */
export type Step = { readonly take: number; readonly name: string; readonly bytes: number } | { readonly give: number };

/** Operators that write over an input that nobody reads later. */
const IN_PLACE: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Sum", "Max", "Min", "BatchNormalization"],
  ...["Relu", "LeakyRelu", "PRelu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "Elu", "Neg", "Sqrt", "Exp", "Abs"],
]);

export interface RunGraph {
  readonly sites: readonly Site[];
  /** Names of results that the run gives back. */
  readonly outputs: ReadonlySet<string>;
  readonly layouts: Layouts;
  isConstant(node: NodeProto, name: string): boolean;
}

export function memorySteps(graph: RunGraph): readonly Step[] {
  const recorder = new Recorder(graph);
  recorder.run(graph.sites, graph.outputs, true);
  return recorder.steps;
}

type Form = "plain" | "blocked";

/** A value's memory, in each layout that it exists in. */
interface Store {
  readonly bytes: number;
  readonly type: TypeInfo | null;
  readonly held: Map<Form, number>;
  readonly name: string;
}

class Recorder {
  readonly steps: Step[] = [];
  private taken = 0;

  constructor(private readonly graph: RunGraph) {}

  run(sites: readonly Site[], kept: ReadonlySet<string>, isMain: boolean): void {
    const owners = new Map<string, string>();
    const ownerOf = (name: string): string => owners.get(name) ?? name;
    for (const { node } of sites) if (isView(node)) owners.set(node.output[0]!, ownerOf(node.input[0]!));
    const last = this.lastReads(sites, kept, ownerOf);
    const stores = new Map<string, Store>();
    const dies = (name: string, form: Form, n: number): boolean => (last.get(`${form} ${name}`) ?? -1) <= n;
    for (const [n, site] of sites.entries()) {
      const { node } = site;
      const isBlocked = isMain && this.graph.layouts.isBlocked(node);
      const read = [...new Set(namesRead(site).map(ownerOf))];
      for (const name of isBlocked ? node.input : []) this.block(stores.get(ownerOf(name)), node, name);
      for (const [o, name] of node.output.entries()) {
        if (name === "" || owners.has(name) || this.graph.isConstant(node, name)) continue;
        // A body writes its results into those of the node around it.
        if (!isMain && kept.has(name)) continue;
        const type = site.outputs[o] ?? null;
        const store: Store = { name, bytes: bytesOfValue(type) ?? 0, type, held: new Map() };
        stores.set(name, store);
        const form = isBlocked ? "blocked" : "plain";
        const reused = IN_PLACE.has(node.op_type ?? "")
          ? read.find((input) => isSame(stores.get(input), store, form) && dies(input, form, n))
          : undefined;
        if (reused !== undefined) this.move(stores.get(reused)!, store, form);
        else if (!this.joinsSum(sites, n, name, form, last)) this.take(store, form);
        if (form === "blocked" && last.has(`plain ${name}`)) this.take(store, "plain");
      }
      if (site.inner.length > 0) this.run(site.inner, resultsInside(node), false);
      for (const name of [...read, ...node.output])
        for (const form of stores.get(name)?.held.keys() ?? [])
          if (dies(name, form, n)) this.give(stores.get(name)!, form);
    }
    for (const [name, store] of stores)
      if (!kept.has(name)) for (const form of [...store.held.keys()]) this.give(store, form);
  }

  /** By layout and name of the memory: the last node that reads it so. */
  private lastReads(
    sites: readonly Site[],
    kept: ReadonlySet<string>,
    ownerOf: (name: string) => string,
  ): ReadonlyMap<string, number> {
    const last = new Map<string, number>();
    for (const [n, site] of sites.entries())
      for (const name of namesRead(site)) {
        const form = this.graph.layouts.readsBlocked(site.node, name) ? "blocked" : "plain";
        last.set(`${form} ${ownerOf(name)}`, n);
      }
    for (const name of kept) last.set(`plain ${ownerOf(name)}`, sites.length);
    return last;
  }

  /** A convolution adds what only an addition would: its result is never there by itself. */
  private joinsSum(
    sites: readonly Site[],
    n: number,
    name: string,
    form: Form,
    last: ReadonlyMap<string, number>,
  ): boolean {
    const { node } = sites[n]!;
    const other = form === "blocked" ? "plain" : "blocked";
    if (node.op_type !== "Conv" || last.has(`${other} ${name}`)) return false;
    const reader = last.get(`${form} ${name}`);
    const isRead = sites.slice(n + 1, reader).some((each) => each.node.input.includes(name));
    const sum = reader === undefined || isRead ? undefined : sites[reader]?.node;
    if (sum?.op_type !== "Add" || this.graph.layouts.isBlocked(sum) !== (form === "blocked")) return false;
    return sum.input.some((addend) => addend !== name && last.get(`${form} ${addend}`) === reader);
  }

  private block(store: Store | undefined, node: NodeProto, name: string): void {
    if (store === undefined || store.held.has("blocked") || !this.graph.layouts.readsBlocked(node, name)) return;
    this.take(store, "blocked");
  }

  private take(store: Store, form: Form): void {
    const bytes = form === "blocked" ? blockedBytes(store.type, store.bytes) : store.bytes;
    store.held.set(form, this.taken);
    this.steps.push({ take: this.taken++, name: store.name, bytes });
  }

  private give(store: Store, form: Form): void {
    this.steps.push({ give: store.held.get(form)! });
    store.held.delete(form);
  }

  private move(from: Store, to: Store, form: Form): void {
    to.held.set(form, from.held.get(form)!);
    from.held.delete(form);
  }
}

function isSame(from: Store | undefined, { bytes }: Store, form: Form): boolean {
  return from?.bytes === bytes && from.held.has(form);
}

function resultsInside({ attribute }: NodeProto): ReadonlySet<string> {
  return new Set(attribute.flatMap(({ g }) => (g?.output ?? []).map(({ name = "" }) => name)));
}
