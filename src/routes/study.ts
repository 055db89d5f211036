/** How β behaves over pictures: what each router prefers, and how far pictures and patches move it. */
import { type Diagnostic, error, SmxcError } from "../base/diagnostics.js";
import { BetaCollector, type BetaSummary } from "../restore/beta-summary.js";
import type { Betas } from "../restore/restorer.js";
import { areShares } from "./beta-scale.js";

/** One router over all pictures. A sample is a patch, or a whole picture. */
export interface RouterStudy {
  /** The layer, as the document names it; of an ONNX graph the first convolution that the router weighs. */
  readonly layer: string;
  readonly experts: number;
  readonly cardinals: number;
  readonly samples: number;
  /** Over all samples, [experts][cardinals]. */
  readonly mean: readonly (readonly number[])[];
  /** Of each picture, in their order, the mean over its samples [experts][cardinals]. */
  readonly pictures: readonly (readonly (readonly number[])[])[];
  /** Mean entropy of β over that of equal shares: 1 when all experts weigh alike, 0 when one alone does; undefined where β are no shares. */
  readonly evenness: number | undefined;
  /** The largest β of a block, over blocks and samples: mean, and most. */
  readonly largest: { readonly mean: number; readonly most: number };
  /** Experts that are the largest of some block of some sample. */
  readonly leading: number;
  /** The largest distance of a picture's mean from the mean of all pictures. */
  readonly betweenPictures: number;
  /** The largest distance between two samples of one picture; undefined when pictures were run whole. */
  readonly withinPictures: number | undefined;
}

/** @throws SmxcError `routes/not-finite` for the first router whose β is NaN or infinite: nothing can be said of it */
export function checkFinite(betas: Betas): void {
  const broken = [...betas].find(([, { data }]) => !data.every(Number.isFinite));
  if (broken !== undefined) throw new SmxcError([notFinite(broken[0].replace(/^beta\./, ""))]);
}

/** Collects the runs of one picture after another. */
export class RoutesStudy {
  private readonly tallies = new Map<string, Tally>();
  private readonly pictures: ReadonlyMap<string, BetaSummary>[] = [];
  private current = new BetaCollector();

  /**
   * β of some samples of the present picture.
   *
   * @throws SmxcError as `checkFinite`
   */
  add(betas: Betas): void {
    checkFinite(betas);
    this.current.add(betas);
    for (const [name, { shape, data }] of betas) {
      const [samples, experts, cardinals] = shape as readonly [number, number, number];
      const tally = this.tallies.get(name) ?? new Tally();
      this.tallies.set(name, tally);
      for (let n = 0; n < samples; n++) {
        for (let d = 0; d < cardinals; d++) {
          tally.add(Array.from({ length: experts }, (_, e) => data[(n * experts + e) * cardinals + d]!));
        }
      }
    }
  }

  endPicture(): void {
    this.pictures.push(new Map(this.current.summaries().map((summary) => [summary.name, summary])));
    this.current = new BetaCollector();
  }

  routers(): readonly RouterStudy[] {
    return [...this.tallies].map(([name, tally]) => {
      const summaries = this.pictures.map((picture) => picture.get(name)!);
      const samples = summaries.reduce((sum, each) => sum + each.samples, 0);
      const { experts, cardinals } = summaries[0]!;
      const overall = meanOf(summaries.map(({ mean }) => mean));
      return {
        layer: name.replace(/^beta\./, ""),
        experts,
        cardinals,
        samples,
        mean: overall,
        pictures: summaries.map(({ mean }) => mean),
        ...tally.result(),
        betweenPictures: Math.max(...summaries.map(({ mean }) => distance(mean, overall))),
        withinPictures:
          samples === summaries.length
            ? undefined
            : Math.max(...summaries.map(({ most, least }) => distance(most, least))),
      };
    });
  }
}

/** What is counted block by block. */
class Tally {
  private blocks = 0;
  private entropy = 0;
  private shares = true;
  private largestSum = 0;
  private most = Number.NEGATIVE_INFINITY;
  private readonly leaders = new Set<number>();

  add(column: readonly number[]): void {
    const largest = Math.max(...column);
    this.blocks++;
    this.shares &&= areShares(column);
    this.entropy -=
      column.reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0) / Math.log(column.length);
    this.largestSum += largest;
    this.most = Math.max(this.most, largest);
    this.leaders.add(column.indexOf(largest));
  }

  result(): Pick<RouterStudy, "evenness" | "largest" | "leading"> {
    const evenness = this.entropy / this.blocks;
    return {
      // A single expert is no choice.
      evenness: this.shares && Number.isFinite(evenness) ? evenness : undefined,
      largest: { mean: this.largestSum / this.blocks, most: this.most },
      leading: this.leaders.size,
    };
  }
}

type Rows = readonly (readonly number[])[];

/** Every picture counts alike, however many patches it has. */
function meanOf(tables: readonly Rows[]): Rows {
  return tables[0]!.map((row, e) =>
    row.map((_, d) => tables.reduce((sum, table) => sum + table[e]![d]!, 0) / tables.length),
  );
}

function distance(a: Rows, b: Rows): number {
  return Math.max(...a.flatMap((row, e) => row.map((value, d) => Math.abs(value - b[e]![d]!))));
}

const notFinite = (layer: string): Diagnostic =>
  error("routes/not-finite", `β of layer "${layer}" is NaN or infinite`, {
    place: `layer ${layer}`,
    hint: "check the weights for NaN and infinite values; smxc verify names the first layer whose values are not finite",
  });
