import { isOnnxDomain } from "../domains.js";
import type { AttributeProto, GraphProto, NodeProto } from "../graph/records.js";
import type { Place } from "../place.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import { ConstantScope } from "./constant-scope.js";
import { isRefused, type Site } from "./converter.js";
import type { InputTypes } from "./input-types.js";
import { raiseNode } from "./node-raiser.js";
import type { ValueNames } from "./value-names.js";

/** What cannot be raised. */
export interface NotRaised {
  /** For example `graph.node[12] "drop"`. */
  readonly place: string;
  /** Null where it is no node. */
  readonly node: NodeProto | null;
  readonly reason: string;
}

export interface RaiseSetting {
  readonly schemas: SchemaRegistry;
  readonly from: number;
  readonly to: number;
  readonly irVersion: number;
  readonly names: ValueNames;
  readonly types: InputTypes;
  /** Whether a node calls a function of the model. */
  readonly isCall: (node: NodeProto) => boolean;
}

/** Raises graphs; what need not change stays the same object. */
export class GraphRaiser {
  readonly notRaised: NotRaised[] = [];

  constructor(private readonly setting: RaiseSetting) {}

  graph(graph: GraphProto, place: Place, outer: ConstantScope | null): GraphProto {
    const constants = ConstantScope.ofGraph(graph, outer, this.setting.irVersion);
    const node = this.nodes(graph.node, place, constants);
    return node === graph.node ? graph : { ...graph, node };
  }

  nodes(nodes: readonly NodeProto[], place: Place, constants: ConstantScope): readonly NodeProto[] {
    const raised = nodes.flatMap((node, n) => this.node(node, place.item("node", n, node.name), constants));
    return isSameList(raised, nodes) ? nodes : raised;
  }

  private node(node: NodeProto, place: Place, constants: ConstantScope): readonly NodeProto[] {
    const { schemas, from, to, isCall } = this.setting;
    const attribute = node.attribute.map((each) => this.attribute(each, place, constants));
    const inside = isSameList(attribute, node.attribute) ? node : { ...node, attribute };
    if (!isOnnxDomain(node.domain) || isCall(node)) return [inside];
    const converted = raiseNode(inside, schemas, from, to, this.site(node, constants));
    if (!isRefused(converted)) return converted;
    const reason = `${node.op_type} of opset ${from} cannot be written in opset ${to}: ${converted.refused}`;
    this.notRaised.push({ place: String(place), node, reason });
    return [node];
  }

  private attribute(attribute: AttributeProto, place: Place, constants: ConstantScope): AttributeProto {
    const { g } = attribute;
    const inside = place.named("attribute", attribute.name ?? "");
    const raisedG = g === undefined ? g : this.graph(g, inside, constants);
    const graphs = attribute.graphs.map((graph) => this.graph(graph, inside, constants));
    return raisedG === g && isSameList(graphs, attribute.graphs) ? attribute : { ...attribute, g: raisedG, graphs };
  }

  private site(node: NodeProto, constants: ConstantScope): Site {
    const { names, types } = this.setting;
    return {
      type: (value) => types.get(node)?.[node.input.indexOf(value)] ?? null,
      floats: (value) => constants.floats(value),
      isRead: (value) => names.isRead(value),
      fresh: (hint) => names.fresh(hint),
    };
  }
}

function isSameList<T>(list: readonly T[], other: readonly T[]): boolean {
  return list.length === other.length && list.every((item, i) => item === other[i]);
}
