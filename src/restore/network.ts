/** A network ready to restore pictures, in the context that is asked for. */
import { type Reporter, SmxcError } from "../base/diagnostics.js";
import type { Target } from "../lowerings/targets.js";
import { hasDocument, readMetadata } from "../metadata.js";
import type { ModelProto } from "../onnx/graph/records.js";
import { loadSchemas } from "../onnx/schemas/registry.js";
import { metadataOf } from "../onnx/signature.js";
import type { CorePlan, SessionUse } from "../sessions/cores.js";
import type { Session } from "../sessions/session.js";
import { UNKNOWN_MEMORY } from "./cost/memory.js";
import { graphContext, patchGraphTiles } from "./errors.js";
import type { OpenScratch } from "./global/scratch.js";
import { graphFormat, type PictureOptions } from "./graph-format.js";
import type { PicturePort } from "./graph-ports.js";
import { graphRestorer } from "./graph-restorer.js";
import type { PictureSize } from "./graph-scale.js";
import { wholeRestorer } from "./restore-whole.js";
import type { ContextKind, PictureFormat, Restorer } from "./restorer.js";

export interface ContextOptions {
  /**
   * The context: the part of a picture from which a router computes β. Default: the whole picture, in one piece if it
   * fits into memory, else in parts with the same result. `whole`: the whole picture in one piece, or an error;
   * `trained`: as in the training.
   */
  readonly context?: ContextKind | "trained";
  /** Bytes that a run may use in addition to the process itself; default: half of the machine's memory. */
  readonly memory?: number;
  /** Side of a tile, or the number of rows in a band of patches, in pixels; `off`: one piece. */
  readonly tile?: number | "auto" | "off";
  /** In the context `global`: the number of tiles from which β is estimated. */
  readonly samples?: number;
  /** Opens storage for feature maps that do not fit into memory; without it, such a run is an error. */
  readonly openScratch?: OpenScratch;
  /**
   * Whether to compile a document so that `onBetas` receives its β. A graph reports only the β that it was compiled to
   * expose.
   */
  readonly exposeBeta?: boolean;
  /** How a graph takes pictures, if the graph does not say it, or to overrule what it says; only for graphs. */
  readonly picture?: PictureOptions;
}

export interface Network {
  readonly restorer: Restorer;
  readonly format: PictureFormat;
  /** The part of a picture from which a router computes β. */
  readonly context: ContextKind;
  /** The context of the training, if the model says it. */
  readonly trained: "whole" | "patch" | undefined;
}

/** A graph and what runs it. */
export interface OpenedGraph {
  /** What messages call it. */
  readonly name: string;
  readonly model: ModelProto;
  readonly session: Session;
  /** Opens it once more, for parts of pictures; absent: `session` runs them too. */
  readonly openParts?: (() => Promise<Session>) | undefined;
  /** Of the sessions; absent: one run at a time, of one thread. */
  readonly plan?: CorePlan;
  /** Where the sessions run; the CPU provider when absent. */
  readonly target?: Target;
  /** Receives warnings. */
  readonly report?: Reporter;
}

/** The sessions of a graph: one for a picture by itself and one for parts, unless one serves both. */
export async function graphSessions(
  plan: CorePlan,
  { tile }: Pick<ContextOptions, "tile">,
  open: (use: SessionUse) => Promise<Session>,
): Promise<Pick<OpenedGraph, "session" | "openParts">> {
  if (plan.alone === plan.parts || typeof tile === "number") return { session: await open("parts") };
  return { session: await open("alone"), openParts: () => open("parts") };
}

/**
 * A graph of smxc or of any other exporter. It computes β in the context that it was compiled for; the other contexts need the document.
 *
 * @throws SmxcError where it takes no pictures, or not as it is asked to
 */
export async function openGraph(
  { name, model, session, openParts, plan, target = "cpu", report = () => {} }: OpenedGraph,
  { context, tile = "auto", picture = {}, memory = UNKNOWN_MEMORY }: ContextOptions,
): Promise<Network> {
  const metadata = readMetadata(metadataOf(model));
  const own = metadata?.compiled.context ?? "whole";
  if (context !== undefined && context !== "trained" && context !== own)
    throw new SmxcError([graphContext(name, own, context, hasDocument(metadata))]);
  if (own === "patch" && typeof tile === "number") throw new SmxcError([patchGraphTiles(name)]);
  const format = await graphFormat({ name, model, metadata }, picture, {
    schemas: loadSchemas,
    run: ({ input, output }, size) => sizeOfResult(session, input, output.name, size),
    report,
  });
  const names = { input: session.inputNames[0]!, output: session.outputNames[0]! };
  const restorer =
    own === "patch"
      ? wholeRestorer(session, names, format, own)
      : await graphRestorer({ name, model, session, openParts, names, format, tiling: metadata?.tiling }, tile, {
          memory,
          jobs: jobsOf(plan),
          threads: plan?.alone.threads ?? 1,
          target,
          forcesWhole: context === "whole",
        });
  return { restorer, format, context: own, trained: metadata?.context?.kind };
}

/** Runs at a time. */
export function jobsOf(plan: CorePlan | undefined): Readonly<Record<SessionUse, number>> {
  return { parts: plan?.parts.jobs ?? 1, alone: plan?.alone.jobs ?? 1 };
}

async function sizeOfResult(
  session: Session,
  { name, channels }: PicturePort,
  output: string,
  { height, width }: PictureSize,
): Promise<PictureSize> {
  const shape = [1, channels ?? 3, height, width];
  const zeros = { data: new Float32Array(shape.reduce((product, size) => product * size)), shape };
  const result = (await session.run(new Map([[name, zeros]]))).get(output)!;
  const [rows = 1, columns = 1] = result.shape.slice(-2);
  return { height: rows, width: columns };
}
