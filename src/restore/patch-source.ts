import type { Graph } from "../ir/graph.js";
import { type PatchGrid, type PlacedPatch, reflected } from "../ir/patch-rule.js";
import type { Image } from "../pictures/image.js";
import type { Session, Tensor } from "../sessions/session.js";
import type { PictureFormat } from "./restorer.js";
import { grown, imageTile, innerOf, type Rect } from "./tiles.js";

/** Rows that are computed ahead, so that neighbouring batches share them. */
const AHEAD = 32;

interface SourceOptions {
  readonly image: Image;
  readonly grid: PatchGrid;
  /** What computes the value that is cut; absent when that is the picture itself. */
  readonly session: Session | undefined;
  readonly part: Graph;
  readonly reach: number;
  readonly format: PictureFormat;
}

/**
 * Cuts patches out of a picture, or of what the network's first layers make of it. Batches are asked for in the order of
 * their rows, also before those ahead are there.
 */
export class PatchSource {
  private readonly options: SourceOptions;
  private rows: { readonly rect: Rect; readonly values: Promise<Tensor> } | undefined;

  constructor(options: SourceOptions) {
    this.options = options;
  }

  /** @returns [patches, channels, patch, patch] */
  async patches(batch: readonly PlacedPatch[]): Promise<Tensor> {
    const { frame, rows, columns } = this.options.grid;
    const first = Math.max(0, batch[0]!.row - frame);
    const end = Math.min(rows.size, batch.at(-1)!.row - frame + rows.patch);
    const covered = this.cover(first, end);
    const [{ rect }, values] = [covered, await covered.values];
    const channels = values.shape[1]!;
    const data = new Float32Array(batch.length * channels * rows.patch * columns.patch);
    let to = 0;
    for (const { row, column } of batch) {
      const across = Int32Array.from({ length: columns.patch }, (_, j) => reflected(column + j - frame, columns.size));
      for (let channel = 0; channel < channels; channel++)
        for (let i = 0; i < rows.patch; i++) {
          const line = channel * rect.height + reflected(row + i - frame, rows.size) - rect.top;
          for (const pixel of across) data[to++] = values.data[line * rect.width + pixel]!;
        }
    }
    return { data, shape: [batch.length, channels, rows.patch, columns.patch] };
  }

  private cover(first: number, end: number): { readonly rect: Rect; readonly values: Promise<Tensor> } {
    const { image, session, part, reach, format } = this.options;
    const held = this.rows;
    if (held && held.rect.top <= first && held.rect.top + held.rect.height >= end) return held;
    const height = Math.min(image.height, end + AHEAD) - first;
    const rect = { top: first, left: 0, height, width: image.width };
    const around = grown(rect, reach, image);
    const x = imageTile(image, around, format.range);
    const output = part.outputs[0]!.name;
    const run = async (): Promise<Tensor> =>
      session ? (await session.run(new Map([[part.inputs[0]!.name, x]]), "given")).get(output)! : x;
    this.rows = { rect, values: run().then((values) => innerOf(values, around, rect)) };
    return this.rows;
  }
}
