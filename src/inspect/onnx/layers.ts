/** The rows of an inspection: nodes, or the layers that smxc made them of. */
import type { Shape, TypeInfo } from "../../onnx/infer/type-info.js";
import { operatorOf } from "./coverage.js";
import { type Site, turnsOf } from "./sites.js";
import { type Weights, weightsOfFunction } from "./weights.js";
import { macsOf } from "./work.js";

export interface OnnxLayer {
  readonly name: string;
  /** The operator; of several nodes the one that works most, or gives the result. */
  readonly op: string;
  readonly nodes: number;
  /** Of the result, with the graph's symbols; null where it is not known, or no tensor. */
  readonly shape: readonly (number | string | null)[] | null;
  readonly parameters: number;
  /** Multiply-accumulates at the measured size, of all turns of the loops around; null where a size is unknown. */
  readonly macs: number | null;
}

export interface Survey {
  readonly layers: readonly OnnxLayer[];
  /** Nodes without rows: constants, and arithmetic on sizes. */
  readonly unlisted: number;
  readonly macs: number;
  /** Nodes whose multiply-accumulates are not counted, since a size is unknown. */
  readonly uncounted: number;
  /** Names of loops of which one turn is counted, since their number is unknown. */
  readonly openLoops: readonly string[];
  /** By node. */
  readonly macsByNode: ReadonlyMap<Site["node"], number>;
}

export interface SurveySetting {
  /** By node: what is inferred with the graph's own symbols. */
  readonly symbolic: ReadonlyMap<Site["node"], readonly (TypeInfo | null)[]>;
  readonly weights: Weights;
  /** Constants, and arithmetic on sizes. */
  readonly isAside: (site: Site) => boolean;
  /** Names rows. */
  readonly nameOf: (site: Site, index: number) => string;
  /** Whether nodes of the same name share a row. */
  readonly groups: boolean;
}

/** Walks the nodes in order, those inside others where these are. */
export function survey(sites: readonly Site[], setting: SurveySetting): Survey {
  const walk = new Walk(setting);
  const macs = sites.reduce((sum, site) => sum + walk.visit(site, 1), 0);
  const { unlisted, uncounted, openLoops, macsByNode } = walk;
  return { layers: walk.layers(), unlisted, macs, uncounted, openLoops, macsByNode };
}

/** Operators whose results say nothing of their input's values. */
const SIZES: ReadonlySet<string> = new Set(["Shape", "Size"]);

class Walk {
  unlisted = 0;
  uncounted = 0;
  readonly openLoops: string[] = [];
  readonly macsByNode = new Map<Site["node"], number>();
  private readonly rows = new Map<string, Row>();
  /** Of the graphs, or of the function that is walked. */
  private weights: Weights;
  private counted = new Set<string>();
  /** Names of the calls of functions around. */
  private path = "";
  /** The weights that values without rows are made of: they count where those are read. */
  private through = new Map<string, readonly string[]>();
  private index = 0;

  constructor(private readonly setting: SurveySetting) {
    this.weights = setting.weights;
  }

  layers(): readonly OnnxLayer[] {
    return [...this.rows.values()].map(layerOf);
  }

  /** Multiply-accumulates of the node, and of those inside it, in all turns. */
  visit(site: Site, turns: number): number {
    const own = macsOf(site);
    if (own === null) this.uncounted++;
    const work = (own ?? 0) * turns;
    this.macsByNode.set(site.node, work);
    const name = this.path + this.setting.nameOf(site, this.index);
    const key = this.setting.groups ? name : `${this.index}`;
    this.index++;
    const read = site.node.input.flatMap((input) => this.through.get(input) ?? [input]);
    if (own === 0 && this.setting.isAside(site)) {
      this.unlisted++;
      const values = SIZES.has(site.node.op_type ?? "") ? [] : this.parametersAmong(read);
      for (const output of site.node.output) if (!this.weights.has(output)) this.through.set(output, values);
    } else {
      const shape = this.setting.symbolic.get(site.node)?.[0] ?? site.outputs[0] ?? null;
      add(this.rows, key, { name, site, shape, own, work, parameters: this.newParameters(read) });
    }
    const inside = turnsOf(site, (input) => this.weights.get(input)?.value ?? null);
    if (inside === null) this.openLoops.push(site.node.name || name);
    const times = turns * (inside ?? 1);
    const isCall = site.schema === null && site.inner.length > 0;
    return work + (isCall ? this.insideFunction(site, name, times) : this.insideWork(site, times));
  }

  /** Names inside a function are its own; what it is called with counts at the call. */
  private insideFunction(site: Site, name: string, turns: number): number {
    const { weights, counted, through, path } = this;
    this.weights = weightsOfFunction(site.inner.map(({ node }) => node));
    [this.counted, this.through, this.path] = [new Set(), new Map(), `${name}/`];
    const work = this.insideWork(site, turns);
    [this.weights, this.counted, this.through, this.path] = [weights, counted, through, path];
    return work;
  }

  private parametersAmong(names: readonly string[]): readonly string[] {
    return [...new Set(names)].filter((name) => this.weights.get(name)?.isParameter);
  }

  /** Of weights that no row before has. */
  private newParameters(names: readonly string[]): number {
    let parameters = 0;
    for (const name of this.parametersAmong(names)) {
      if (!this.counted.has(name)) parameters += this.weights.get(name)!.elements;
      this.counted.add(name);
    }
    return parameters;
  }

  /** Of an If only the costlier branch runs. */
  private insideWork(site: Site, turns: number): number {
    const works = site.inner.map((inner) => [inner.node, this.visit(inner, turns)] as const);
    const sum = (part: typeof works): number => part.reduce((total, [, work]) => total + work, 0);
    if (site.node.op_type !== "If") return sum(works);
    const branches = site.node.attribute.map(({ g }) => new Set(g?.node));
    return Math.max(0, ...branches.map((branch) => sum(works.filter(([node]) => branch.has(node)))));
  }
}

interface Row {
  readonly name: string;
  nodes: number;
  op: string;
  shape: TypeInfo | null;
  most: number;
  parameters: number;
  macs: number | null;
  /** Whether the shape is that of the value with the row's name, and not of a step on the way. */
  isResult: boolean;
}

interface Visit {
  readonly name: string;
  readonly site: Site;
  readonly shape: TypeInfo | null;
  readonly own: number | null;
  readonly work: number;
  readonly parameters: number;
}

function add(rows: Map<string, Row>, key: string, { name, site, shape, own, work, parameters }: Visit): void {
  const op = operatorOf(site.node);
  const fresh: Row = { name, nodes: 0, op, shape, most: -1, parameters: 0, macs: 0, isResult: false };
  const row = rows.get(key) ?? fresh;
  rows.set(key, row);
  row.nodes++;
  row.parameters += parameters;
  row.macs = own === null || row.macs === null ? null : row.macs + work;
  if (work > row.most) [row.most, row.op] = [work, op];
  if (!row.isResult) row.shape = shape;
  row.isResult ||= site.node.output.includes(name);
}

function layerOf({ name, op, nodes, shape, parameters, macs }: Row): OnnxLayer {
  return { name, op, nodes, shape: sizes(shape), parameters, macs };
}

function sizes(type: TypeInfo | null): Shape | null {
  return type?.kind === "tensor" ? type.shape : null;
}
