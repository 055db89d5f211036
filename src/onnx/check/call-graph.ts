import type { FunctionProto, ModelProto, NodeProto } from "../graph/records.js";
import { Place, quoted } from "../place.js";
import type { CheckContext } from "./context.js";
import type { CALL_RULES } from "./rules/call-graph.js";

const MOST_FUNCTIONS = 10_000;
const DEEPEST_CALL = 100;

/** Calls by function, both by index. */
type CallGraph = readonly (readonly number[])[];

export function checkCallGraph(functions: readonly FunctionProto[], context: CheckContext): void {
  const model = Place.root("model");
  if (functions.length > MOST_FUNCTIONS) {
    context.report("onnx/function-count", model, `has ${functions.length} functions`);
    return;
  }
  const byId = new Map<string, number>();
  for (const [i, fn] of functions.entries()) {
    const id = functionId(fn.domain, fn.name, fn.overload);
    if (byId.has(id)) {
      context.report(
        "onnx/function-unique",
        model.item("functions", i, fn.name),
        `there is already a function ${quoted(id)}`,
      );
    } else {
      byId.set(id, i);
    }
  }
  const calls = functions.map((fn) => [...callees(fn.node, byId)]);
  new CallChecker(functions, calls, context).check();
}

/** The functions that the main graph calls, directly or through others. */
export function calledFunctions({ graph, functions }: ModelProto): ReadonlySet<FunctionProto> {
  const byId = new Map(functions.map(({ domain, name, overload }, i) => [functionId(domain, name, overload), i]));
  const called = new Set<number>();
  const waiting = [...callees(graph?.node ?? [], byId)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (called.has(next)) continue;
    called.add(next);
    for (const callee of callees(functions[next]!.node, byId)) waiting.push(callee);
  }
  return new Set([...called].map((i) => functions[i]!));
}

/** `domain::name` or `domain::name::overload`; `ai.onnx` is the empty domain. */
export function functionId(domain = "", name = "", overload = ""): string {
  const base = `${domain === "ai.onnx" ? "" : domain}::${name}`;
  return overload === "" ? base : `${base}::${overload}`;
}

function callees(nodes: readonly NodeProto[], byId: ReadonlyMap<string, number>): Set<number> {
  const found = new Set<number>();
  for (const node of nodes) {
    const callee = byId.get(functionId(node.domain, node.op_type, node.overload));
    if (callee !== undefined) found.add(callee);
    for (const { g, graphs } of node.attribute) {
      for (const graph of g === undefined ? graphs : [g, ...graphs]) {
        for (const inner of callees(graph.node, byId)) found.add(inner);
      }
    }
  }
  return found;
}

interface Frame {
  readonly fn: number;
  next: number;
}

/** Depth-first over the calls, with a stack of its own: the depth of the input is not the depth of JavaScript's. */
class CallChecker {
  private readonly done = new Set<number>();

  constructor(
    private readonly functions: readonly FunctionProto[],
    private readonly calls: CallGraph,
    private readonly context: CheckContext,
  ) {}

  check(): void {
    for (const root of this.functions.keys()) if (!this.done.has(root) && !this.walk(root)) return;
  }

  /** False once a finding was made: further ones would only repeat it. */
  private walk(root: number): boolean {
    const path: Frame[] = [{ fn: root, next: 0 }];
    const inPath = new Set([root]);
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const callee = this.calls[frame.fn]![frame.next++];
      if (callee === undefined) {
        path.pop();
        inPath.delete(frame.fn);
        this.done.add(frame.fn);
      } else if (inPath.has(callee)) {
        const cycle = [...path.map((f) => f.fn).slice(path.findIndex((f) => f.fn === callee)), callee];
        this.report("onnx/function-cycle", callee, `calls itself: ${cycle.map((fn) => this.idOf(fn)).join(" → ")}`);
        return false;
      } else if (!this.done.has(callee)) {
        path.push({ fn: callee, next: 0 });
        inPath.add(callee);
        if (path.length > DEEPEST_CALL) {
          this.report("onnx/function-depth", root, `starts calls that are more than ${DEEPEST_CALL} deep`);
          return false;
        }
      }
    }
    return true;
  }

  private idOf(fn: number): string {
    const { domain, name, overload } = this.functions[fn]!;
    return functionId(domain, name, overload);
  }

  private report(rule: keyof typeof CALL_RULES, fn: number, message: string): void {
    this.context.report(rule, Place.root("model").item("functions", fn, this.functions[fn]!.name), message);
  }
}
