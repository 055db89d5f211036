/** Compares graphs and the bodies of functions: nodes, what they read, weights, declared types. */

import type { FunctionProto, GraphProto, NodeProto, ValueInfoProto } from "../graph/records.js";
import type { Attributes } from "./attributes.js";
import { listText, unknownText } from "./canonical.js";
import { cut, operator, placeOf, type ReportChange } from "./change.js";
import type { SideName, WeightComparison } from "./compare-weights.js";
import { type GraphView, operatorLabel, viewOfFunction, viewOfGraph } from "./graph-view.js";
import { type GraphMatch, matchGraphs, type NodePair } from "./match.js";
import { Scope } from "./scope.js";
import { attributeChange } from "./show-attribute.js";
import { typeChange } from "./types.js";
import { typeText } from "./weight.js";
import type { WeightVerdict } from "./weights.js";

export class GraphComparison {
  readonly counts: Record<WeightVerdict, number> = { equal: 0, close: 0, different: 0 };

  constructor(
    private readonly weights: WeightComparison,
    private readonly report: ReportChange,
  ) {}

  /** @param outer of the graphs around; null for the main graph, whose interface is compared apart */
  async graphs(a: GraphProto, b: GraphProto, path: string, outer: Scope | null): Promise<void> {
    const views = { a: await viewOfGraph(a), b: await viewOfGraph(b) };
    const { scope } = await this.views(views, path, outer, outer !== null);
    if (outer !== null) {
      for (const field of ["input", "output"] as const) await this.declared(a[field], b[field], `${path}${field}`);
    }
    await this.innerTypes(a.value_info, b.value_info, scope, path);
    await this.annotations(a, b, scope, path);
    await this.unknown(a, b, `${path}graph`);
  }

  async functions(a: FunctionProto, b: FunctionProto, path: string): Promise<void> {
    const views = { a: await viewOfFunction(a), b: await viewOfFunction(b) };
    const { scope } = await this.views(views, path, null, true);
    await this.innerTypes(a.value_info, b.value_info, scope, path);
    await this.unknown(a, b, path.trimEnd());
  }

  /** Attributes of two nodes, or the defaults of two functions; graphs among them see the scope's values. */
  async attributes(a: Attributes, b: Attributes, place: string, scope: Scope | null): Promise<void> {
    for (const name of new Set([...a.keys(), ...b.keys()])) {
      const [was, is] = [a.get(name), b.get(name)];
      if (was?.content !== is?.content || was === undefined || is === undefined) {
        const change = await attributeChange(was, is);
        this.report("attribute", place, `${cut(name)}: ${change}`);
        continue;
      }
      for (const [i, own] of was.tensors.entries()) {
        const { verdict, message } = await this.weights.difference(own, is.tensors[i]!);
        if (verdict === "different") this.report("attribute", place, `${cut(name)}: ${message}`);
      }
      for (const [i, own] of was.graphs.entries()) await this.graphs(own, is.graphs[i]!, `${place} body `, scope);
    }
  }

  private async views(
    views: Readonly<Record<SideName, GraphView>>,
    path: string,
    outer: Scope | null,
    isBody: boolean,
  ): Promise<{ readonly scope: Scope; readonly match: GraphMatch }> {
    const { a, b } = views;
    const scope = new Scope(views, outer);
    const match = await matchGraphs(a, b, {
      outer: outer?.values ?? new Map(),
      weight: (name, side) => scope.label(name, side),
      isBody,
      content: (node, side) => this.contentOf(node, views[side], scope, side),
    });
    scope.settle(match);
    for (const node of match.onlyA) this.report("node", placeOf(path, node), `${operator(node)} was removed`);
    for (const node of match.onlyB) this.report("node", placeOf(path, node), `${operator(node)} was added`);
    for (const pair of match.nodes) await this.nodes(pair, views, path, scope);
    if (isBody) this.bodyInterface(a, b, path);
    this.results(a, b, scope, path, isBody);
    if (a.isOrdered !== b.isOrdered) {
      this.report(
        "node",
        `${path}nodes`,
        `${a.isOrdered ? "no longer" : "now"} come after the nodes whose outputs they read`,
      );
    }
    await this.allWeights(a, b, scope, match, path);
    return { scope, match };
  }

  private async nodes({ a, b }: NodePair, views: Record<SideName, GraphView>, path: string, scope: Scope) {
    const place = placeOf(path, a);
    if (operatorLabel(a) !== operatorLabel(b)) this.report("node", place, `${operator(a)} became ${operator(b)}`);
    await this.attributes(views.a.attributes.get(a)!, views.b.attributes.get(b)!, place, scope);
    for (let i = 0; i < Math.max(a.input.length, b.input.length); i++) {
      const [was, is] = [a.input[i] ?? "", b.input[i] ?? ""];
      if (!scope.isSame(was, is))
        this.report("input", `${place} input ${i}`, `"${cut(was)}" became ${scope.shown(is)}`);
    }
    this.outputs(a, b, place);
    const was = await listText("NodeDeviceConfigurationProto", a.device_configurations);
    const is = await listText("NodeDeviceConfigurationProto", b.device_configurations);
    if (was !== is) this.report("node", place, "device_configurations changed");
    await this.unknown(a, b, place);
  }

  /** Operators such as Split go by how many outputs they have. */
  private outputs(a: NodeProto, b: NodeProto, place: string): void {
    const [was, is] = [a.output.length, b.output.length];
    if (was !== is) this.report("node", place, `${was} ${was === 1 ? "output" : "outputs"} became ${is}`);
    for (let o = 0; o < Math.min(was, is); o++) {
      if ((a.output[o] === "") === (b.output[o] === "")) continue;
      this.report("node", place, `output ${o} was ${a.output[o] === "" ? "added" : "removed"}`);
    }
  }

  /** Inputs and outputs of a body are the same by position. */
  private bodyInterface(a: GraphView, b: GraphView, path: string): void {
    for (const field of ["inputs", "outputs", "overridable"] as const) {
      const [was, is] = [a[field].length, b[field].length];
      if (was !== is) this.report("interface", `${path}${field}`, `${was} became ${is}`);
    }
  }

  /** Where outputs of one name come from. */
  private results(a: GraphView, b: GraphView, scope: Scope, path: string, isBody: boolean): void {
    for (let i = 0; i < Math.min(a.outputs.length, b.outputs.length); i++) {
      const [was, is] = [a.outputs[i]!, b.outputs[i]!];
      if (scope.isSame(was, is) || (!isBody && was !== is)) continue;
      this.report("interface", `${path}output[${i}]`, `"${cut(was)}" became ${scope.shown(is)}`);
    }
  }

  private async allWeights(a: GraphView, b: GraphView, scope: Scope, match: GraphMatch, path: string): Promise<void> {
    const pairs = scope.weightPairs();
    for (const [name, other] of pairs) {
      const { verdict, message, maxError } = await this.weights.difference(a.weights.get(name)!, b.weights.get(other)!);
      this.counts[verdict]++;
      if (verdict === "different") this.report("weight", `${path}${cut(name)}`, message, maxError);
    }
    // Those of nodes that were removed or added are gone or new with them.
    const ownReported = new Set(match.onlyA.flatMap((node) => node.input));
    const otherReported = new Set(match.onlyB.flatMap((node) => node.input));
    for (const [own, other] of pairs) {
      ownReported.add(own);
      otherReported.add(other);
    }
    for (const [name, weight] of a.weights) {
      if (!ownReported.has(name)) this.report("weight", `${path}${cut(name)}`, `${typeText(weight)} was removed`);
    }
    for (const [name, weight] of b.weights) {
      if (!otherReported.has(name)) this.report("weight", `${path}${cut(name)}`, `${typeText(weight)} was added`);
    }
  }

  /** Types of a body's inputs or outputs, where both say them. */
  private async declared(a: readonly ValueInfoProto[], b: readonly ValueInfoProto[], place: string): Promise<void> {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const [own, other] = [a[i]!, b[i]!];
      if (own.type === undefined || other.type === undefined) continue;
      const change = await typeChange(own, other);
      if (change !== null) this.report("shape", `${place}[${i}]`, change);
    }
  }

  /** Declared types of values inside, reported together: where one changes, many do. */
  private async innerTypes(
    a: readonly ValueInfoProto[],
    b: readonly ValueInfoProto[],
    { values }: Scope,
    path: string,
  ): Promise<void> {
    const others = new Map(b.map((info) => [info.name ?? "", info]));
    const changed: string[] = [];
    for (const info of a) {
      const other = others.get(values.get(info.name ?? "") ?? "");
      if (other?.type === undefined || info.type === undefined) continue;
      const change = await typeChange(info, other);
      if (change !== null) changed.push(`"${cut(info.name ?? "")}": ${change}`);
    }
    if (changed.length === 0) return;
    const more = changed.length > 1 ? `, and ${changed.length - 1} more` : "";
    this.report("shape", `${path}value_info`, `${changed[0]}${more}`);
  }

  /** How values are quantized, with the names of the second graph. */
  private async annotations(a: GraphProto, b: GraphProto, scope: Scope, path: string): Promise<void> {
    if (a.quantization_annotation.length === 0 && b.quantization_annotation.length === 0) return;
    const twins = new Map(scope.weightPairs());
    const renamed = (name = "") => scope.values.get(name) ?? twins.get(name) ?? name;
    const own = a.quantization_annotation.map(({ tensor_name, quant_parameter_tensor_names, unknown }) => ({
      tensor_name: renamed(tensor_name),
      quant_parameter_tensor_names: quant_parameter_tensor_names.map((each) => ({
        ...each,
        value: renamed(each.value),
      })),
      unknown,
    }));
    const was = await listText("TensorAnnotation", own, true);
    const is = await listText("TensorAnnotation", b.quantization_annotation, true);
    if (was !== is) this.report("model", `${path}quantization_annotation`, "changed");
  }

  private async unknown(a: Pick<NodeProto, "unknown">, b: Pick<NodeProto, "unknown">, place: string): Promise<void> {
    const [was, is] = [await unknownText(a.unknown), await unknownText(b.unknown)];
    if (was !== is) this.report("node", place, "fields that ONNX does not define changed");
  }

  /** What tells the weights of a node, and tensors in its attributes, from those of others. */
  private async contentOf(node: NodeProto, view: GraphView, scope: Scope, side: SideName): Promise<string | null> {
    const texts: string[] = [];
    for (const name of node.input) {
      const weight = scope.weight(name, side);
      if (weight !== undefined) texts.push(await this.weights.digest(weight, side));
    }
    for (const { tensors } of view.attributes.get(node)!.values()) {
      for (const tensor of tensors) texts.push(await this.weights.digest(tensor, side));
    }
    return texts.length === 0 ? null : texts.join(" ");
  }
}
