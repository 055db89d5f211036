/** One graph on pictures: in one piece, or in tiles that give the same. */
import { SmxcError } from "../base/diagnostics.js";
import type { Target } from "../lowerings/targets.js";
import type { GraphTiling } from "../metadata.js";
import type { ModelProto } from "../onnx/graph/records.js";
import { loadSchemas } from "../onnx/schemas/registry.js";
import type { SessionUse } from "../sessions/cores.js";
import type { Session } from "../sessions/session.js";
import { choosingRestorer } from "./cost/choosing-restorer.js";
import type { RunCosts } from "./cost/run-cost.js";
import * as errors from "./errors.js";
import { channelsOf } from "./graph-format.js";
import { type PicturePorts, picturePorts } from "./graph-ports.js";
import type { Obstacle } from "./obstacle.js";
import { tileRestorer } from "./restore-tiles.js";
import { checkBatch, fixedSizes, wholeRestorer } from "./restore-whole.js";
import type { PictureFormat, Restorer } from "./restorer.js";
import type { Size } from "./tiles.js";

export interface GraphOnPictures {
  readonly name: string;
  readonly model: ModelProto;
  readonly session: Session;
  /** Opens the graph once more, for tiles; absent: `session` runs them too. */
  readonly openParts?: (() => Promise<Session>) | undefined;
  readonly names: { readonly input: string; readonly output: string };
  readonly format: PictureFormat;
  /** What tiles must be, where the graph says it. */
  readonly tiling: GraphTiling | undefined;
}

/** What the choice of parts depends on. */
export interface GraphChoice {
  /** Bytes that a run may take. */
  readonly memory: number;
  /** Tiles, and pictures, that run at a time. */
  readonly jobs: Readonly<Record<SessionUse, number>>;
  readonly threads: number;
  readonly target: Target;
  /** Whether a picture that does not fit in one piece is refused. */
  readonly forcesWhole: boolean;
}

type Tiles =
  | { readonly kind: "tiles"; readonly tiling: GraphTiling }
  | { readonly kind: "whole"; readonly obstacles: readonly Obstacle[] };

/** @throws SmxcError where tiles of a size are asked for and cannot be had */
export async function graphRestorer(
  graph: GraphOnPictures,
  tile: number | "auto" | "off",
  choice: GraphChoice,
): Promise<Restorer> {
  const { name, session, openParts = async () => session, names, format } = graph;
  const whole = wholeRestorer(session, names, format);
  const sizes = fixedSizes(session, names.input);
  const fixed: Partial<Size> = {
    ...(sizes.height === undefined ? {} : { height: sizes.height }),
    ...(sizes.width === undefined ? {} : { width: sizes.width }),
  };
  let found: Promise<Tiles> | undefined;
  const tiles = (): Promise<Tiles> => {
    found ??= tilesOf(graph);
    return found;
  };
  let parts: Promise<Session> | undefined;
  const tiled = async (tiling: GraphTiling, side: number): Promise<Restorer> => {
    parts ??= openParts();
    return tileRestorer(await parts, names, format, {
      tiling,
      side,
      fixed,
      cannotCut: (picture) =>
        new SmxcError([errors.wrongPictureSize(picture, fixed, errors.tooSmallTiles(tiling.reach, tiling.multiple))]),
    });
  };
  if (typeof tile === "number") {
    checkBatch(sizes);
    if ((fixed.height ?? tile) !== tile || (fixed.width ?? tile) !== tile)
      throw new SmxcError([errors.fixedTile(name, tile, fixed)]);
    const each = await tiles();
    if (each.kind === "whole") throw new SmxcError([errors.graphTiles(name, each.obstacles)]);
    return tiled(each.tiling, tile);
  }
  const release = async (): Promise<void> => {
    await session.release();
    const other = await parts;
    if (other !== session) await other?.release();
  };
  const costs = lazily(() => graphCosts(graph, fixed, choice));
  const chosen = choosingRestorer({
    limits: { memory: choice.memory, jobs: choice.jobs },
    forcesWhole: choice.forcesWhole || tile === "off",
    async ways() {
      checkBatch(sizes);
      const [found, { whole, tiles: cost }] = [await tiles(), await costs()];
      return { whole, ...(found.kind === "tiles" ? { tiles: { tiling: found.tiling, fixed, cost } } : {}) };
    },
    whole: async () => whole,
    tiles: async (side) => {
      const each = await tiles();
      return each.kind === "tiles" ? tiled(each.tiling, side) : whole;
    },
    release,
  });
  const fits = ({ height, width }: Size): boolean =>
    (fixed.height ?? height) === height && (fixed.width ?? width) === width;
  const isLarger = ({ height, width }: Size): boolean => height >= (fixed.height ?? 0) && width >= (fixed.width ?? 0);
  /** Larger pictures than the graph takes run in tiles, whatever they take. */
  const mustCut = (size: Size): boolean => !fits(size) && isLarger(size) && tile !== "off";
  return {
    ...chosen,
    plan: async (size) => (fits(size) ? chosen.plan!(size) : undefined),
    async restore(image, emit, options) {
      checkBatch(sizes);
      if (!mustCut(image)) return (fits(image) ? chosen : whole).restore(image, emit, options);
      const each = await tiles();
      if (each.kind === "tiles") return (await tiled(each.tiling, 0)).restore(image, emit, options);
      throw new SmxcError([errors.wrongPictureSize(image, fixed, errors.noTilesEither(each.obstacles))]);
    },
    async atATime(size) {
      return fits(size) ? chosen.atATime!(size) : 1;
    },
  };
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function graphCosts(
  { model, names, format }: GraphOnPictures,
  fixed: Partial<Size>,
  { target, threads }: GraphChoice,
): Promise<RunCosts> {
  // What follows sizes is loaded where it is needed alone.
  const { runCosts } = await import("./cost/run-cost.js");
  const graph = { model, input: names.input, channels: channelsOf(format.color), fixed };
  return runCosts(graph, { scale: format.scale, target, threads }, loadSchemas);
}

async function tilesOf({ name, model, format, tiling }: GraphOnPictures): Promise<Tiles> {
  if (tiling !== undefined) return { kind: "tiles", tiling };
  // What reads graphs is loaded where it is needed alone.
  const [{ findTiling }, schemas] = await Promise.all([import("./graph-tiling.js"), loadSchemas()]);
  const ports = portsOf(model, name);
  const found = ports && findTiling(model, ports, schemas);
  return found === undefined || (found.kind === "tiles" && found.scale !== format.scale)
    ? { kind: "whole", obstacles: [] }
    : found;
}

/** Undefined for a graph that takes more than a picture, as smxc's may. */
function portsOf(model: ModelProto, name: string): PicturePorts | undefined {
  try {
    return picturePorts(model, name);
  } catch (cause) {
    if (cause instanceof SmxcError) return undefined;
    throw cause;
  }
}
