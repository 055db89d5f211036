/** A document's network over whole pictures: in one piece where that fits, else in parts that give the same. */
import { SmxcError } from "../base/diagnostics.js";
import { compileGraph } from "../compile.js";
import type { Target } from "../lowerings/targets.js";
import type { GraphTiling } from "../metadata.js";
import { loadSchemas } from "../onnx/schemas/registry.js";
import type { CorePlan } from "../sessions/cores.js";
import { tilingOf } from "../tiling/reach.js";
import { choosingRestorer } from "./cost/choosing-restorer.js";
import type { Ways } from "./cost/context-choice.js";
import { wrongPictureSize } from "./errors.js";
import { channelsOf } from "./graph-format.js";
import { type ContextOptions, jobsOf } from "./network.js";
import { globalRestorer } from "./restore-global.js";
import { tileRestorer } from "./restore-tiles.js";
import { wholeRestorer } from "./restore-whole.js";
import type { PartedNetwork, Restorer } from "./restorer.js";

export interface DocumentChoice {
  readonly target: Target;
  readonly plan: CorePlan | undefined;
  /** Bytes that a run may take. */
  readonly memory: number;
  /** Whether a picture that does not fit in one piece is refused. */
  readonly forcesWhole: boolean;
  /** Where feature maps lie that do not fit. */
  readonly openScratch: ContextOptions["openScratch"];
}

type Kind = "whole" | "tiles" | "shared";

export async function documentRestorer(network: PartedNetwork, choice: DocumentChoice): Promise<Restorer> {
  const { graph, format } = network;
  const { plan, memory, forcesWhole, openScratch } = choice;
  const names = { input: graph.inputs[0]!.name, output: graph.outputs[0]!.name };
  const tiling = tilingIn(network);
  let ways: Promise<Ways> | undefined;
  // Only what runs is open: sessions hold memory that the others need.
  let open: { readonly kind: Kind; readonly side?: number; readonly restorer: Restorer } | undefined;
  const opened = async (kind: Kind, make: () => Promise<Restorer> | Restorer, side?: number): Promise<Restorer> => {
    if (open?.kind === kind && open.side === side) return open.restorer;
    await open?.restorer.release();
    open = undefined;
    open = { kind, restorer: await make(), ...(side === undefined ? {} : { side }) };
    return open.restorer;
  };
  const whole = (): Promise<Restorer> =>
    opened("whole", async () => wholeRestorer(await network.open(graph, "alone"), names, format));
  await whole();
  return choosingRestorer({
    limits: { memory, jobs: jobsOf(plan) },
    forcesWhole,
    ways: () => {
      ways ??= waysOf(network, choice, tiling);
      return ways;
    },
    whole,
    tiles: (side) =>
      opened(
        "tiles",
        async () =>
          tileRestorer(await network.open(graph), names, format, {
            tiling: tiling!,
            side,
            fixed: {},
            cannotCut: (picture) => new SmxcError([wrongPictureSize(picture, {})]),
          }),
        side,
      ),
    shared: () =>
      opened("shared", () =>
        globalRestorer(network, { memory, ...(openScratch === undefined ? {} : { openScratch }) }),
      ),
    release: async () => open?.restorer.release(),
  });
}

async function waysOf(
  { graph, format }: PartedNetwork,
  { target, plan }: DocumentChoice,
  tiling: GraphTiling | undefined,
): Promise<Ways> {
  const threads = plan?.alone.threads ?? 1;
  // What follows sizes is loaded where it is needed alone.
  const [{ runCosts }, { withHeldConstants }] = await Promise.all([
    import("./cost/run-cost.js"),
    import("./cost/held-constants.js"),
  ]);
  const model = await withHeldConstants(compileGraph(graph, { target, threads }).model);
  const input = graph.inputs[0]!.name;
  const costs = await runCosts(
    { model, input, channels: channelsOf(format.color), fixed: {} },
    { scale: format.scale, target, threads },
    loadSchemas,
  );
  return {
    whole: costs.whole,
    ...(tiling === undefined
      ? { shared: { least: costs.picture } }
      : { tiles: { tiling, fixed: {}, cost: costs.tiles } }),
  };
}

/** Undefined where the network looks at the whole picture. */
function tilingIn({ graph, format }: PartedNetwork): GraphTiling | undefined {
  try {
    const { scale, reach, multiple } = tilingOf(graph);
    return scale === format.scale ? { reach, multiple } : undefined;
  } catch (cause) {
    if (cause instanceof SmxcError) return undefined;
    throw cause;
  }
}
