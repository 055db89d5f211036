/** One graph on a picture in tiles, whose results are those of the whole picture: nothing in the graph sees further. */
import { SmxcError } from "../base/diagnostics.js";
import type { GraphTiling } from "../metadata.js";
import type { Session } from "../sessions/session.js";
import { wrongResultSize } from "./errors.js";
import type { PictureFormat, Restorer } from "./restorer.js";
import { runInOrder } from "./runs-in-order.js";
import { type PlacedTile, planTiles } from "./tile-plan.js";
import { imageTile, innerOf, type Size, scaled } from "./tiles.js";

export interface TileOptions {
  readonly tiling: GraphTiling;
  /** Side of a tile, in pixels of the picture, without what is around it. */
  readonly side: number;
  /** Sizes that the graph takes alone. */
  readonly fixed: Partial<Size>;
  /** What is wrong where a picture cannot be cut so. */
  cannotCut(picture: Size): SmxcError;
}

export function tileRestorer(
  session: Session,
  names: { readonly input: string; readonly output: string },
  { range, scale }: PictureFormat,
  options: TileOptions,
): Restorer {
  return {
    async restore(image, emit, { onProgress, signal }) {
      const tiles = planTiles(image, options);
      if (tiles === undefined) throw options.cannotCut(image);
      const run = ({ outer }: PlacedTile) =>
        session.run(new Map([[names.input, imageTile(image, outer, range)]]), "given");
      await runInOrder(tiles, run, {
        parallel: session.parallel,
        signal,
        use: (outputs, { inner, outer }, index) => {
          const values = outputs.get(names.output)!;
          const [height, width] = values.shape.slice(-2) as [number, number];
          if (height !== outer.height * scale || width !== outer.width * scale)
            throw new SmxcError([wrongResultSize(outer, { height, width }, scale)]);
          const target = scaled(inner, scale);
          emit(target, innerOf(values, scaled(outer, scale), target));
          onProgress?.(index + 1, tiles.length);
        },
      });
      return {
        context: "whole",
        parts: tiles.length,
        ...(Object.keys(options.fixed).length === 0 ? { side: options.side } : {}),
        cost: areaOf(tiles) / (image.height * image.width),
      };
    },
    release: () => session.release(),
  };
}

/** Pixels that the graph sees for all tiles. */
function areaOf(tiles: readonly PlacedTile[]): number {
  return tiles.reduce((sum, { outer }) => sum + outer.height * outer.width, 0);
}
