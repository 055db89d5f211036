/** What stands for what in two graphs that are compared, and in the graphs around them. */
import { cut } from "./change.js";
import type { SideName } from "./compare-weights.js";
import type { GraphView } from "./graph-view.js";
import { type GraphMatch, pairNames } from "./match.js";
import { type Weight, weightLabel } from "./weight.js";

export class Scope {
  /** Names of a's values in b. */
  values: ReadonlyMap<string, string> = new Map();
  private readonly pairs = new Map<string, readonly [string, string]>();
  private readonly overridable: ReadonlyMap<string, string>;
  private readonly overridden: ReadonlySet<string>;
  private backwards: ReadonlyMap<string, string> | null = null;

  constructor(
    private readonly views: Readonly<Record<SideName, GraphView>>,
    private readonly outer: Scope | null,
  ) {
    this.overridable = pairNames(views.a.overridable, views.b.overridable, false);
    this.overridden = new Set([...views.a.overridable, ...views.b.overridable]);
  }

  settle({ values }: GraphMatch): void {
    this.values = values;
    this.backwards = null;
  }

  /** A weight that nodes of the graph see. */
  weight(name: string, side: SideName): Weight | undefined {
    return this.views[side].weights.get(name) ?? this.outer?.weight(name, side);
  }

  label(name: string, side: SideName): string | null {
    const weight = this.weight(name, side);
    return weight === undefined ? null : weightLabel(weight);
  }

  /** Whether the names stand for the same. Two weights do: their contents are compared later. */
  isSame(was: string, is: string): boolean {
    if (was === "" || is === "") return was === is;
    const hasOne = this.views.a.weights.has(was) || this.views.b.weights.has(is);
    if (hasOne) return this.pairWeights(was, is);
    const twin = this.values.get(was);
    if (twin !== undefined) return twin === is;
    // What nothing makes, or nothing that is matched, is no twin of what stands for another value.
    if (this.ownName(is) !== undefined) return false;
    return this.outer === null ? was === is : this.outer.isSame(was, is);
  }

  /** What a value of the second graph is called in the first. */
  private ownName(is: string): string | undefined {
    this.backwards ??= new Map([...this.values].map(([own, other]) => [other, own]));
    return this.backwards.get(is);
  }

  /** A name of the second graph for people who know the first. */
  shown(is: string): string {
    const own = this.ownName(is) ?? is;
    return own === is ? `"${cut(is)}"` : `"${cut(own)}", there "${cut(is)}"`;
  }

  /** Weights that matched nodes read at the same input; of the others those of one name. */
  weightPairs(): readonly (readonly [string, string])[] {
    const [own, other] = [new Set<string>(), new Set<string>()];
    for (const [x, y] of this.pairs.values()) {
      own.add(x);
      other.add(y);
    }
    const { a, b } = this.views;
    for (const name of a.weights.keys()) {
      if (!own.has(name) && !other.has(name) && b.weights.has(name)) this.pairWeights(name, name);
    }
    return [...this.pairs.values()];
  }

  private pairWeights(was: string, is: string): boolean {
    if (!this.views.a.weights.has(was) || !this.views.b.weights.has(is)) return false;
    const mayVary = this.overridden.has(was) || this.overridden.has(is);
    if (mayVary && this.overridable.get(was) !== is) return false;
    this.pairs.set(JSON.stringify([was, is]), [was, is]);
    return true;
  }
}
