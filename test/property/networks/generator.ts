import fc from "fast-check";
import { LOWERING_NAMES } from "../../../src/lowerings/names.js";
import { TARGETS, type Target } from "../../../src/lowerings/targets.js";
import { type Network, SPELLINGS } from "./network.js";

/** A network, an input for it, and how it is compiled: plain data, which a fixture can hold. */
export interface NetworkCase {
  readonly network: Network;
  readonly input: {
    readonly batch: number;
    readonly height: number;
    readonly width: number;
    readonly seed: number;
  };
  readonly target: Target;
  /** Compared besides `auto`, which takes what suits the target. */
  readonly lowering: (typeof LOWERING_NAMES)[number];
  /** Whether the graph is for any batch, and any height and width. */
  readonly openBatch: boolean;
  readonly openSize: boolean;
}

const seed = fc.nat({ max: 2 ** 31 - 1 });

const network: fc.Arbitrary<Network> = fc
  .record({
    blocks: fc.nat({ max: 3 }),
    experts: fc.integer({ min: 1, max: 8 }),
    scale: fc.integer({ min: 1, max: 4 }),
    channels: fc.constantFrom(1, 3),
    frames: fc.integer({ min: 1, max: 3 }),
    parallel: fc.boolean(),
    spelling: fc.constantFrom(...SPELLINGS),
    seed,
  })
  .chain((fixed) =>
    fc
      .record({
        units: fc.integer({ min: 1, max: 16 }),
        width: fc.constantFrom(1, 2, 1.5),
        // Without a convolution the skip path only fits where it keeps the channels.
        skip: fixed.scale ** 2 === fixed.frames ? fc.boolean() : fc.constant(true),
      })
      // Checkpoints without blocks do not tell a width.
      .map((free) => ({ ...fixed, ...free, width: fixed.blocks === 0 ? 1 : free.width })),
  )
  .chain((known) => {
    const hidden = Math.floor(known.units * known.width);
    return fc.constantFrom(...divisors(known.units, hidden)).map((cardinals) => ({ ...known, cardinals }));
  });

const size = fc.integer({ min: 1, max: 9 });

export const networkCase: fc.Arbitrary<NetworkCase> = fc.record({
  network,
  input: fc.record({ batch: fc.integer({ min: 1, max: 3 }), height: size, width: size, seed }),
  target: fc.constantFrom(...TARGETS),
  lowering: fc.constantFrom(...LOWERING_NAMES),
  openBatch: fc.boolean(),
  openSize: fc.boolean(),
});

/** What divides both. */
function divisors(a: number, b: number): readonly number[] {
  return Array.from({ length: a }, (_, i) => i + 1).filter((d) => a % d === 0 && b % d === 0);
}
