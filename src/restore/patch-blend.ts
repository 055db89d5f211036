import type { PatchGrid, PlacedPatch } from "../ir/patch-rule.js";
import type { Tensor } from "../sessions/session.js";
import type { Rect } from "./tiles.js";

/** The weighted sum of patches for the rows that are in work, in rows of memory that are used over and over. */
export class PatchBlend {
  private readonly grid: PatchGrid;
  private readonly channels: number;
  private readonly held: number;
  private readonly sums: Float32Array;
  private readonly weights: Float32Array;
  /** The first row that is held. */
  private first = 0;

  /** @param rows that may be read at once, and that patches of one batch may begin apart */
  constructor(grid: PatchGrid, channels: number, rows: number) {
    this.grid = grid;
    this.channels = channels;
    this.held = Math.min(grid.rows.size, rows + grid.rows.inner);
    this.sums = new Float32Array(channels * this.held * grid.columns.size);
    this.weights = new Float32Array(this.held * grid.columns.size);
  }

  /** @param values [patches, channels, rows, columns] */
  add(batch: readonly PlacedPatch[], { data }: Tensor): void {
    const { frame, rows, columns } = this.grid;
    const width = columns.size;
    for (const [index, { row, column, weight }] of batch.entries()) {
      for (let i = 0; i < rows.inner; i++) {
        const line = this.line(row + i);
        for (let j = 0; j < columns.inner; j++) this.weights[line * width + column + j]! += weight;
        for (let channel = 0; channel < this.channels; channel++) {
          const from = ((index * this.channels + channel) * rows.patch + i + frame) * columns.patch + frame;
          const to = (channel * this.held + line) * width + column;
          for (let j = 0; j < columns.inner; j++) this.sums[to + j]! += weight * data[from + j]!;
        }
      }
    }
  }

  /** The blended values of finished rows, [1, channels, height, width]. */
  read(rect: Rect): Tensor {
    const { width } = rect;
    const data = new Float32Array(this.channels * rect.height * width);
    for (let channel = 0, to = 0; channel < this.channels; channel++)
      for (let row = 0; row < rect.height; row++) {
        const line = this.line(rect.top + row);
        const from = (channel * this.held + line) * width;
        for (let j = 0; j < width; j++) data[to++] = this.sums[from + j]! / this.weights[line * width + j]!;
      }
    return { data, shape: [1, this.channels, rect.height, width] };
  }

  /** Gives the memory of the rows above one to others. */
  forget(row: number): void {
    const width = this.grid.columns.size;
    for (; this.first < row; this.first++) {
      const line = this.line(this.first);
      this.weights.fill(0, line * width, (line + 1) * width);
      for (let channel = 0; channel < this.channels; channel++) {
        const at = (channel * this.held + line) * width;
        this.sums.fill(0, at, at + width);
      }
    }
  }

  private line(row: number): number {
    return row % this.held;
  }
}
