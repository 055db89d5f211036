/** A network that runs each picture in the parts that its memory allows. */
import { SmxcError } from "../../base/diagnostics.js";
import { tooLarge } from "../errors.js";
import type { Restorer } from "../restorer.js";
import type { Size } from "../tiles.js";
import {
  type ChosenContext,
  chooseContext,
  chooseParts,
  type Limits,
  type RunPlan,
  type Ways,
} from "./context-choice.js";
import { WayGate } from "./way-gate.js";

export interface Choosing {
  /** How pictures of a size can be run; the same each time. */
  ways(): Promise<Ways>;
  readonly limits: Limits;
  /** Whether a picture that does not fit in one piece is refused. */
  readonly forcesWhole: boolean;
  whole(): Promise<Restorer>;
  tiles(side: number): Promise<Restorer>;
  shared?(): Promise<Restorer>;
  release(): Promise<void>;
}

export function choosingRestorer(network: Choosing): Restorer {
  const choose = async (size: Size): Promise<ChosenContext> => {
    const ways = await network.ways();
    const choice = chooseContext(size, ways, network.limits);
    if (choice.kind === "whole" || (choice.kind !== "none" && !network.forcesWhole)) return choice;
    throw new SmxcError([tooLarge(size, ways.whole(size, 1), network.limits.memory, choice)]);
  };
  const gate = new WayGate();
  const restorerFor = async (choice: ChosenContext): Promise<Restorer> => {
    if (choice.kind === "tiles") return network.tiles(choice.side);
    return choice.kind === "shared" && network.shared ? network.shared() : network.whole();
  };
  return {
    async plan(size): Promise<RunPlan> {
      const chosen = await choose(size);
      return { chosen, other: otherThan(chosen, size, await network.ways(), network.limits) };
    },
    async restore(image, emit, options) {
      const choice = await choose(image);
      const way = choice.kind === "tiles" ? `tiles of ${choice.side}` : choice.kind;
      return gate.pass(way, async () => (await restorerFor(choice)).restore(image, emit, options));
    },
    async atATime(size) {
      const choice = await choose(size);
      return choice.kind === "whole" ? network.limits.jobs.alone : 1;
    },
    release: () => network.release(),
  };
}

/** What may be had in place of what is chosen: less memory for a picture in one piece, all at once for one in parts. */
function otherThan(chosen: ChosenContext, size: Size, ways: Ways, limits: Limits): ChosenContext | undefined {
  if (chosen.kind !== "whole") return { kind: "whole", ...ways.whole(size, 1) };
  const parts = chooseParts(size, ways, { ...limits, memory: chosen.bytes / 2 });
  return parts.kind === "none" ? undefined : parts;
}
