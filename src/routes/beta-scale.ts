/** The scale of a heat map of β: which value is drawn without colour, and how far from it colours tell apart. */

export interface BetaScale {
  /** The value without colour: an even share, or the mean where β are no shares or layers differ in their experts. */
  readonly even: number;
  /** The distance from it that has full colour. */
  readonly reach: number;
}

/** β of one router: how many experts it weighs, whether their β sum to one, and the tables [experts][cardinals] that are drawn. */
export interface ScaledRouter {
  readonly experts: number;
  readonly shares: boolean;
  readonly tables: readonly (readonly (readonly number[])[])[];
}

/** β are shares when they sum to one so nearly. */
const SHARE_TOLERANCE = 1e-3;

/** Colours tell nothing apart that is nearer than this. */
const LEAST_REACH = 0.001;

/** Whether the β of one block are shares of all experts. */
export function areShares(block: readonly number[]): boolean {
  return Math.abs(block.reduce((sum, value) => sum + value, 0) - 1) < SHARE_TOLERANCE && Math.min(...block) >= 0;
}

export function betaScale(routers: readonly ScaledRouter[]): BetaScale {
  const values = routers.flatMap(({ tables }) => tables.flat(2));
  const experts = new Set(routers.map((router) => router.experts));
  const even =
    experts.size === 1 && routers.every(({ shares }) => shares)
      ? 1 / routers[0]!.experts
      : values.reduce((sum, value) => sum + value, 0) / values.length;
  return { even, reach: values.reduce((most, value) => Math.max(most, Math.abs(value - even)), LEAST_REACH) };
}

/** Where a value lies on the scale: -1 at its lower end and below, 0 without colour, 1 at its upper end and above. */
export function placeOnScale(value: number, { even, reach }: BetaScale): number {
  return Math.max(-1, Math.min(1, (value - even) / reach));
}

/** The values at the ends of the scale. */
export function scaleEnds({ even, reach }: BetaScale): readonly [number, number] {
  return [even - reach, even + reach];
}
