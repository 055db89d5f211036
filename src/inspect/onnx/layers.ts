/** The rows of an inspection: nodes, or the layers that smxc made them of. */
import type { Shape, TypeInfo } from "../../onnx/infer/type-info.js";
import { plus, sum, times } from "../../onnx/work/figures.js";
import { macsOf } from "../../onnx/work/macs.js";
import { type Site, turnsOf } from "../../onnx/work/sites.js";
import { type Weights, weightsOfFunction } from "../../onnx/work/weights.js";
import { operatorOf } from "./coverage.js";

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
  /** Whether the node calls a function that is not looked into. */
  readonly isClosed: (site: Site) => boolean;
  /** Names rows. */
  readonly nameOf: (site: Site, index: number) => string;
  /** Whether nodes of the same name share a row. */
  readonly groups: boolean;
}

/** Walks the nodes in order, those inside others where these are. */
export function survey(sites: readonly Site[], setting: SurveySetting): Survey {
  const walk = new Walk(setting);
  const macs = sum(sites.map((site) => walk.visit(site, 1)));
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
    const isClosed = this.setting.isClosed(site);
    const own = isClosed ? null : macsOf(site);
    if (own === null && !isClosed) this.uncounted++;
    const work = times(own ?? 0, turns);
    this.macsByNode.set(site.node, work);
    const name = this.named(this.setting.nameOf(site, this.index));
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
    const inside = turnsOf(site, (input) => tripsOf(this.weights.get(input)?.value ?? null));
    if (inside === null) this.openLoops.push(site.node.name || name);
    const each = times(turns, inside ?? 1);
    const isCall = site.schema === null && site.inner.length > 0;
    return plus(work, isCall ? this.insideFunction(site, name, each) : this.insideWork(site, each));
  }

  /** Names inside a function are its own; what it is called with counts at the call. */
  private insideFunction(site: Site, name: string, turns: number): number {
    const { weights, counted, through, path } = this;
    this.weights = weightsOfFunction(site.inner.map(({ node }) => node));
    [this.counted, this.through, this.path] = [new Set(), new Map(), shortened(`${name}/`)];
    const work = this.insideWork(site, turns);
    [this.weights, this.counted, this.through, this.path] = [weights, counted, through, path];
    return work;
  }

  /** What is inside a function is listed at each call, so names there are cut. */
  private named(own: string): string {
    return this.path === "" ? own : this.path + shortened(own);
  }

  private parametersAmong(names: readonly string[]): readonly string[] {
    return [...new Set(names)].filter((name) => this.weights.get(name)?.isParameter);
  }

  /** Of weights that no row before has. */
  private newParameters(names: readonly string[]): number {
    let parameters = 0;
    for (const name of this.parametersAmong(names)) {
      if (!this.counted.has(name)) parameters = plus(parameters, this.weights.get(name)!.elements);
      this.counted.add(name);
    }
    return parameters;
  }

  /** Of an If only the costlier branch runs. */
  private insideWork(site: Site, turns: number): number {
    const works = site.inner.map((inner) => [inner.node, this.visit(inner, turns)] as const);
    if (site.node.op_type !== "If") return sum(works.map(([, work]) => work));
    const branchOf = new Map(site.node.attribute.flatMap(({ g }, i) => (g?.node ?? []).map((node) => [node, i])));
    const branches = new Map<number, number>();
    for (const [node, work] of works) {
      const branch = branchOf.get(node);
      if (branch !== undefined) branches.set(branch, plus(branches.get(branch) ?? 0, work));
    }
    return [...branches.values()].reduce((most, work) => Math.max(most, work), 0);
  }
}

/** Turns below 0 say nothing. */
function tripsOf(value: number | null): number | null {
  return value !== null && value >= 0 ? value : null;
}

const MOST_CHARACTERS = 100;

/** The end, which shows where in a function a node is. */
function shortened(name: string): string {
  return name.length > MOST_CHARACTERS ? `…${name.slice(-MOST_CHARACTERS)}` : name;
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
  const op = shortened(operatorOf(site.node));
  const fresh: Row = { name, nodes: 0, op, shape, most: -1, parameters: 0, macs: 0, isResult: false };
  const row = rows.get(key) ?? fresh;
  rows.set(key, row);
  row.nodes++;
  row.parameters = plus(row.parameters, parameters);
  row.macs = own === null || row.macs === null ? null : plus(row.macs, work);
  if (work > row.most) [row.most, row.op] = [work, op];
  if (!row.isResult) row.shape = shape;
  row.isResult ||= site.node.output.includes(name);
}

function layerOf({ name, op, nodes, shape, parameters, macs }: Row): OnnxLayer {
  return { name, op, nodes, shape: sizes(shape), parameters, macs };
}

/** Symbols are shown again for each value that has them, so long ones are cut. */
function sizes(type: TypeInfo | null): Shape | null {
  if (type?.kind !== "tensor" || type.shape === null) return null;
  return type.shape.map((dim) => (typeof dim === "string" ? shortened(dim) : dim));
}
