/** One graph on pictures: in one piece, or in tiles that give the same. */
import { SmxcError } from "../base/diagnostics.js";
import type { GraphTiling } from "../metadata.js";
import type { ModelProto } from "../onnx/graph/records.js";
import { loadSchemas } from "../onnx/schemas/registry.js";
import type { Session } from "../sessions/session.js";
import * as errors from "./errors.js";
import { type PicturePorts, picturePorts } from "./graph-ports.js";
import type { Obstacle } from "./obstacle.js";
import { tileRestorer } from "./restore-tiles.js";
import { checkBatch, fixedSizes, wholeRestorer } from "./restore-whole.js";
import type { PictureFormat, Restorer } from "./restorer.js";
import type { Size } from "./tiles.js";

/** Pixels of a picture that runs in one piece where nothing else is asked for. */
const WHOLE_PIXELS = 2 ** 20;
/** Tiles large enough that what they compute twice is little, and small enough for the memory of their layers. */
const AUTO_TILE = 512;

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

type Tiles =
  | { readonly kind: "tiles"; readonly tiling: GraphTiling }
  | { readonly kind: "whole"; readonly obstacles: readonly Obstacle[] };

/** @throws SmxcError where tiles of a size are asked for and cannot be had */
export async function graphRestorer(graph: GraphOnPictures, tile: number | "auto" | "off"): Promise<Restorer> {
  const { name, session, openParts = async () => session, names, format } = graph;
  const whole = wholeRestorer(session, names, format);
  if (tile === "off") return whole;
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
  const fits = ({ height, width }: Size): boolean =>
    (fixed.height ?? height) === height && (fixed.width ?? width) === width;
  const isLarger = ({ height, width }: Size): boolean => height >= (fixed.height ?? 0) && width >= (fixed.width ?? 0);
  const wantsTiles = (size: Size): boolean =>
    fits(size) ? Object.keys(fixed).length < 2 && size.height * size.width > WHOLE_PIXELS : isLarger(size);
  return {
    async inTiles(size) {
      return wantsTiles(size) && (await tiles()).kind === "tiles";
    },
    async restore(image, emit, options) {
      checkBatch(sizes);
      if (!wantsTiles(image)) return whole.restore(image, emit, options);
      const each = await tiles();
      if (each.kind === "tiles") return (await tiled(each.tiling, AUTO_TILE)).restore(image, emit, options);
      if (fits(image)) return whole.restore(image, emit, options);
      throw new SmxcError([errors.wrongPictureSize(image, fixed, errors.noTilesEither(each.obstacles))]);
    },
    async atATime(size) {
      return wantsTiles(size) ? 1 : session.parallel;
    },
    async release() {
      await session.release();
      const other = await parts;
      if (other !== session) await other?.release();
    },
  };
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
