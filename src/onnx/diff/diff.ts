/** What changed between two ONNX models: interface, nodes, attributes, shapes and weights. */
import type { DecodedModel } from "../decode.js";
import { showType, typeInfo } from "../infer/type-info.js";
import type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from "../proto/records.js";
import { type ReadExternal, tensorBytes } from "../tensor-bytes.js";
import { attributesOf } from "./attributes.js";
import { type GraphView, operatorLabel, viewOfFunction, viewOfGraph, weightLabel } from "./graph-view.js";
import { type GraphMatch, matchGraphs, type NodePair } from "./match.js";
import { type WeightDifference, type WeightVerdict, weightDifference, typeText as weightText } from "./weights.js";

export type ChangeKind = "model" | "interface" | "node" | "attribute" | "input" | "shape" | "weight";

/** One difference. */
export interface Change {
  readonly kind: ChangeKind;
  /** Where, in the first model, or in the second for what only that has. */
  readonly place: string;
  readonly message: string;
  /** Largest difference of two weights' values. */
  readonly maxError?: number;
}

/** A model and the way to its external data. */
export interface DiffSide {
  readonly model: DecodedModel;
  readonly readExternal: ReadExternal;
}

export interface DiffResult {
  readonly changes: readonly Change[];
  /** Pairs of weights by how they differ. */
  readonly weights: Readonly<Record<WeightVerdict, number>>;
}

/** @param tolerance weights whose values differ by no more are close, which is no change */
export async function diffModels(a: DiffSide, b: DiffSide, tolerance: number): Promise<DiffResult> {
  const comparison = new Comparison(a, b, tolerance);
  await comparison.run();
  const { changes, weights } = comparison;
  return { changes, weights };
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** What values of the two models are called. */
interface Names {
  isSame(was: string, is: string): boolean;
  /** A value of the second model for people who know the first. */
  shown(is: string): string;
}

class Comparison {
  readonly changes: Change[] = [];
  readonly weights = { equal: 0, close: 0, different: 0 };

  constructor(
    private readonly a: DiffSide,
    private readonly b: DiffSide,
    private readonly tolerance: number,
  ) {}

  async run(): Promise<void> {
    const [a, b] = [this.a.model.message, this.b.model.message];
    if (opsets(a) !== opsets(b)) this.tell("model", "opset_import", `${opsets(a)} became ${opsets(b)}`);
    if (a.graph !== undefined && b.graph !== undefined) {
      this.compareInterface(a.graph, b.graph);
      await this.compareGraphs(a.graph, b.graph, "", NO_NAMES);
    }
    await this.compareFunctions(a, b);
  }

  private tell(kind: ChangeKind, place: string, message: string): void {
    this.changes.push({ kind, place, message });
  }

  private compareInterface(a: GraphProto, b: GraphProto): void {
    for (const field of ["input", "output"] as const) {
      for (let i = 0; i < Math.max(a[field].length, b[field].length); i++) {
        const [own, other] = [a[field][i], b[field][i]];
        const place = `${field}[${i}]`;
        if (own === undefined || other === undefined) {
          const message = own === undefined ? `"${other!.name}" was added` : `"${own.name}" was removed`;
          this.tell("interface", place, message);
          continue;
        }
        if (own.name !== other.name) this.tell("interface", place, `"${own.name}" became "${other.name}"`);
        const [was, is] = [valueText(own), valueText(other)];
        if (was !== is) this.tell("shape", `${place} "${own.name}"`, `${was} became ${is}`);
      }
    }
  }

  private async compareGraphs(
    a: GraphProto,
    b: GraphProto,
    path: string,
    outer: ReadonlyMap<string, string>,
  ): Promise<void> {
    const [own, other] = [viewOfGraph(a), viewOfGraph(b)];
    const match = await this.compareViews(own, other, path, outer, path !== "");
    this.compareShapes(a, b, match, path);
  }

  private async compareFunctions(a: ModelProto, b: ModelProto): Promise<void> {
    const named = ({ functions }: ModelProto) =>
      new Map(
        functions.map((fn) => [operatorLabel({ domain: fn.domain, op_type: fn.name, overload: fn.overload }), fn]),
      );
    const others = named(b);
    for (const [key, fn] of named(a)) {
      const other = others.get(key);
      others.delete(key);
      const place = `function "${fn.name}"`;
      if (other === undefined) this.tell("node", place, "was removed");
      else await this.compareViews(viewOfFunction(fn), viewOfFunction(other), `${place} `, NO_NAMES, true);
    }
    for (const { name } of others.values()) this.tell("node", `function "${name}"`, "was added");
  }

  private async compareViews(
    a: GraphView,
    b: GraphView,
    path: string,
    outer: ReadonlyMap<string, string>,
    isBody: boolean,
  ): Promise<GraphMatch> {
    const sides = { a: { view: a, side: this.a }, b: { view: b, side: this.b } };
    const match = await matchGraphs(a, b, {
      outer,
      isBody,
      content: (node, which) => contentOf(node, sides[which].view, sides[which].side),
    });
    for (const node of match.onlyA) this.tell("node", placeOf(path, node), `${operator(node)} was removed`);
    for (const node of match.onlyB) this.tell("node", placeOf(path, node), `${operator(node)} was added`);
    const pairs = weightPairs(a, b, match);
    const names = new Map([...match.values, ...pairs.map(([own, other]) => [own, other] as const)]);
    const isWeight = (was: string, is: string): boolean => a.weights.has(was) && b.weights.has(is);
    const own = new Map([...names].map(([was, is]) => [is, was]));
    for (const pair of match.nodes) {
      await this.compareNodes(pair, path, {
        isSame: (was, is) => (names.get(was) ?? was) === is || isWeight(was, is),
        shown: (is) => ((own.get(is) ?? is) === is ? `"${is}"` : `"${own.get(is)}", there "${is}"`),
      });
      for (const [own, other] of bodies(pair)) {
        await this.compareGraphs(own, other, `${placeOf(path, pair.a)} body `, names);
      }
    }
    await this.compareWeights(a, b, pairs, match, path);
    return match;
  }

  private async compareNodes({ a, b }: NodePair, path: string, names: Names): Promise<void> {
    const place = placeOf(path, a);
    if (operatorLabel(a) !== operatorLabel(b)) this.tell("node", place, `${operator(a)} became ${operator(b)}`);
    const [own, other] = [attributesOf(a), attributesOf(b)];
    for (const name of new Set([...own.keys(), ...other.keys()])) {
      const [was, is] = [own.get(name), other.get(name)];
      if (was !== is) this.tell("attribute", place, `${name}: ${was ?? "absent"} became ${is ?? "absent"}`);
      else await this.compareHeld(a, b, name, place);
    }
    for (let i = 0; i < Math.max(a.input.length, b.input.length); i++) {
      const [was, is] = [a.input[i] ?? "", b.input[i] ?? ""];
      if (!names.isSame(was, is)) this.tell("input", `${place} input ${i}`, `"${was}" became ${names.shown(is)}`);
    }
  }

  private async compareWeights(
    a: GraphView,
    b: GraphView,
    pairs: readonly (readonly [string, string])[],
    match: GraphMatch,
    path: string,
  ): Promise<void> {
    for (const [own, other] of pairs) await this.compareWeight(a.weights.get(own)!, b.weights.get(other)!, own, path);
    // Those of nodes that were removed or added are gone or new with them.
    const [ownTold, otherTold] = [
      new Set(match.onlyA.flatMap((n) => n.input)),
      new Set(match.onlyB.flatMap((n) => n.input)),
    ];
    for (const [own] of pairs) ownTold.add(own);
    for (const [, other] of pairs) otherTold.add(other);
    for (const [name, tensor] of a.weights) {
      if (!ownTold.has(name)) this.tell("weight", `${path}${name}`, `${weightText(tensor)} was removed`);
    }
    for (const [name, tensor] of b.weights) {
      if (!otherTold.has(name)) this.tell("weight", `${path}${name}`, `${weightText(tensor)} was added`);
    }
  }

  /** Tensors that attributes hold. */
  private async compareHeld(a: NodeProto, b: NodeProto, name: string, place: string): Promise<void> {
    const held = ({ attribute }: NodeProto) => attribute.find((each) => each.name === name)?.t;
    const [own, other] = [held(a), held(b)];
    if (own === undefined || other === undefined) return;
    const { verdict, message } = await this.difference(own, other);
    if (verdict === "different") this.tell("attribute", place, `${name}: ${message}`);
  }

  private async difference(own: TensorProto, other: TensorProto): Promise<WeightDifference> {
    const hasOneType = weightLabel(own) === weightLabel(other);
    const read = (tensor: TensorProto, side: DiffSide): Promise<Uint8Array> =>
      hasOneType ? bytesOf(tensor, side) : Promise.resolve(new Uint8Array());
    const [a, b] = [await read(own, this.a), await read(other, this.b)];
    return weightDifference({ tensor: own, bytes: a }, { tensor: other, bytes: b }, this.tolerance);
  }

  private async compareWeight(own: TensorProto, other: TensorProto, name: string, path: string): Promise<void> {
    const { verdict, message, maxError } = await this.difference(own, other);
    this.weights[verdict]++;
    if (verdict !== "different") return;
    const error = maxError === undefined ? {} : { maxError };
    this.changes.push({ kind: "weight", place: `${path}${name}`, message, ...error });
  }

  /** Declared types of values inside, told together: where one changes, many do. */
  private compareShapes(a: GraphProto, b: GraphProto, { values }: GraphMatch, path: string): void {
    const others = new Map(b.value_info.map((info) => [info.name ?? "", valueText(info)]));
    const changed = a.value_info.flatMap((info) => {
      const [was, is] = [valueText(info), others.get(values.get(info.name ?? "") ?? "")];
      return is === undefined || was === is ? [] : [`"${info.name}": ${was} became ${is}`];
    });
    if (changed.length === 0) return;
    const more = changed.length > 1 ? `, and ${changed.length - 1} more` : "";
    this.tell("shape", `${path}value_info`, `${changed[0]}${more}`);
  }
}

function opsets({ opset_import }: ModelProto): string {
  const texts = opset_import.map(({ domain, version }) => `${domain || "ai.onnx"} ${version}`);
  return texts.sort().join(", ");
}

function placeOf(path: string, node: NodeProto): string {
  return `${path}node "${node.name || node.output.find((name) => name !== "") || node.op_type}"`;
}

function operator({ domain = "", op_type = "" }: NodeProto): string {
  return domain === "" || domain === "ai.onnx" ? op_type : `${domain}.${op_type}`;
}

function valueText({ type }: ValueInfoProto): string {
  return showType(typeInfo(type));
}

function bytesOf(tensor: TensorProto, { model, readExternal }: DiffSide): Promise<Uint8Array> {
  return tensorBytes(tensor, model.source, readExternal);
}

/** What tells the weights of a node from those of others. */
async function contentOf(node: NodeProto, { weights }: GraphView, side: DiffSide): Promise<string | null> {
  const texts: string[] = [];
  for (const name of node.input) {
    const tensor = weights.get(name);
    if (tensor === undefined) continue;
    const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(await bytesOf(tensor, side)));
    texts.push(new Uint8Array(digest).join(","));
  }
  return texts.length === 0 ? null : texts.join(" ");
}

/** Weights that pairs of nodes read at the same input, then those of one name. */
function weightPairs(a: GraphView, b: GraphView, { nodes }: GraphMatch): readonly (readonly [string, string])[] {
  const pairs = new Map<string, readonly [string, string]>();
  const [own, other] = [new Set<string>(), new Set<string>()];
  const add = (x: string, y: string): void => {
    if (!a.weights.has(x) || !b.weights.has(y)) return;
    pairs.set(JSON.stringify([x, y]), [x, y]);
    own.add(x);
    other.add(y);
  };
  for (const { a: x, b: y } of nodes) for (const [i, name] of x.input.entries()) add(name, y.input[i] ?? "");
  for (const name of a.weights.keys()) if (!own.has(name) && !other.has(name)) add(name, name);
  return [...pairs.values()];
}

function bodies({ a, b }: NodePair): readonly (readonly [GraphProto, GraphProto])[] {
  return a.attribute.flatMap(({ name, g }) => {
    const other = b.attribute.find((each) => each.name === name)?.g;
    return g === undefined || other === undefined ? [] : [[g, other] as const];
  });
}
