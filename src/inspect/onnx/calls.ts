/** Calls of functions, which a small file can make more than anyone can list: which are looked into, and what is in the others. */
import type { FunctionProto, ModelProto, NodeProto } from "../../onnx/graph/records.js";
import type { SchemaRegistry } from "../../onnx/schemas/registry.js";
import { plus, times } from "../../onnx/work/figures.js";
import { operatorOf } from "./coverage.js";

/** Parts of functions (nodes, what they read and hold) that are looked into in all; more where the file holds many. */
const MOST_PARTS = 30_000;
const MOST_TIMES = 4;

/** Functions and graphs inside each other. */
const MOST_LEVELS = 100;

export interface Inside {
  readonly nodes: number;
  /** By operator. */
  readonly operators: ReadonlyMap<string, number>;
}

interface Body {
  /** Nodes by operator, those of graphs inside too. */
  readonly operators: ReadonlyMap<string, number>;
  /** Functions that it calls, and how often. */
  readonly calls: ReadonlyMap<string, number>;
  readonly nodes: number;
  /** Nodes, and what they read and hold: what looking into it costs. */
  readonly parts: number;
  /** Graphs inside each other. */
  readonly levels: number;
}

export class Calls {
  private readonly bodies = new Map<string, Body>();
  /** Functions, each before those that it calls; those in circles are left out. */
  private readonly order: readonly string[];
  /** Parts of functions and of all that they call. */
  private readonly sizes = new Map<string, number>();
  private readonly depths = new Map<string, number>();
  private readonly main: Body;

  constructor(
    private readonly model: ModelProto,
    schemas: SchemaRegistry,
  ) {
    const ids = new Set(model.functions.map(idOf));
    for (const fn of model.functions) this.bodies.set(idOf(fn), bodyOf(fn.node, fn, ids, schemas));
    this.main = bodyOf(model.graph?.node ?? [], model, ids, schemas);
    this.order = sorted(this.bodies);
    for (const id of this.order.toReversed()) {
      const { parts, levels, calls } = this.bodies.get(id)!;
      let [size, depth] = [parts, 0];
      for (const [callee, count] of calls) {
        size = plus(size, times(count, this.sizes.get(callee) ?? Number.POSITIVE_INFINITY));
        depth = Math.max(depth, this.depths.get(callee) ?? Number.POSITIVE_INFINITY);
      }
      this.sizes.set(id, size);
      this.depths.set(id, depth + levels);
    }
  }

  /** Whether the node calls a function of the model. */
  isCall(node: NodeProto): boolean {
    return this.bodies.has(idOfCall(node));
  }

  /** The model with the functions that are looked into: as large ones as leave the whole within bounds. */
  followed(): ModelProto {
    const { model, main } = this;
    const held = [...this.bodies.values()].reduce((total, { parts }) => total + parts, main.parts);
    const budget = Math.max(MOST_PARTS, MOST_TIMES * held);
    const fitting = [...this.sizes].filter(([id, size]) => size <= budget && this.depths.get(id)! <= MOST_LEVELS);
    fitting.sort(([, a], [, b]) => a - b);
    const kept = new Set<string>();
    let total = 0;
    for (const [id, size] of fitting) {
      total = plus(total, times(main.calls.get(id) ?? 0, size));
      if (total > budget) break;
      kept.add(id);
    }
    return { ...model, functions: model.functions.filter((fn) => kept.has(idOf(fn))) };
  }

  /** What is inside calls that are not looked into: each function once, times its calls. */
  inside(nodes: readonly NodeProto[]): Inside {
    const calls = new Map<string, number>();
    for (const node of nodes) add(calls, idOfCall(node), 1);
    let total = 0;
    const operators = new Map<string, number>();
    for (const id of this.order) {
      const count = calls.get(id);
      if (count === undefined) continue;
      const body = this.bodies.get(id)!;
      total = plus(total, times(count, body.nodes));
      for (const [op, own] of body.operators) add(operators, op, times(count, own));
      for (const [callee, own] of body.calls) add(calls, callee, times(count, own));
    }
    return { nodes: total, operators };
  }
}

function idOf({ domain = "", name = "", overload = "" }: FunctionProto): string {
  return JSON.stringify([domain, name, overload]);
}

function idOfCall({ domain = "", op_type = "", overload = "" }: NodeProto): string {
  return JSON.stringify([domain, op_type, overload]);
}

/** What is in a graph or function, calls not followed. */
function bodyOf(
  nodes: readonly NodeProto[],
  { opset_import }: Pick<FunctionProto, "opset_import">,
  ids: ReadonlySet<string>,
  schemas: SchemaRegistry,
): Body {
  const opsets = new Map(opset_import.map(({ domain = "", version = 0 }) => [domain, Number(version)]));
  const [operators, calls] = [new Map<string, number>(), new Map<string, number>()];
  let [count, parts, levels] = [0, 0, 0];
  const visit = (list: readonly NodeProto[], level: number): void => {
    levels = Math.max(levels, level);
    for (const node of list) {
      const { domain = "", op_type = "", attribute } = node;
      const id = idOfCall(node);
      const isCall = ids.has(id) && schemas.find(domain, op_type, opsets.get(domain) ?? 0) === null;
      count++;
      parts += partsOf(node);
      add(operators, operatorOf(node), 1);
      if (isCall) add(calls, id, 1);
      for (const { g, graphs } of attribute) {
        for (const inner of g === undefined ? graphs : [g, ...graphs]) visit(inner.node, level + 1);
      }
    }
  };
  visit(nodes, 1);
  return { operators, calls, nodes: count, parts, levels };
}

function partsOf({ input, output, attribute }: NodeProto): number {
  const held = attribute.map(({ ints, floats, strings, t }) => {
    return 1 + ints.length + floats.length + strings.length + (t?.dims.length ?? 0);
  });
  return held.reduce((total, each) => total + each, 1 + input.length + output.length);
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, plus(counts.get(key) ?? 0, count));
}

/** Each before those that it calls; those in circles, and those that circles call, are left out. */
function sorted(bodies: ReadonlyMap<string, Body>): readonly string[] {
  const callers = new Map([...bodies.keys()].map((id) => [id, 0]));
  for (const { calls } of bodies.values()) for (const id of calls.keys()) callers.set(id, callers.get(id)! + 1);
  const order = [...callers].filter(([, count]) => count === 0).map(([id]) => id);
  for (const id of order) {
    for (const callee of bodies.get(id)!.calls.keys()) {
      const left = callers.get(callee)! - 1;
      callers.set(callee, left);
      if (left === 0) order.push(callee);
    }
  }
  return order;
}
