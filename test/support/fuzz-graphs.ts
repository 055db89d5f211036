/** The random graphs of the property tests, as files: what `scripts/fuzz.mjs` changes further. */
import fc from "fast-check";
import { randomGraph } from "../property/onnx-graphs/random-graph.js";
import { randomKernel } from "../property/onnx-kernels/random-kernel.js";
import { Draw } from "../property/onnx-operators/draw.js";
import { encoded } from "./sessions.js";

class SeededDraw extends Draw {
  private readonly next: () => number;

  /** @param next numbers from 0 to below 1 */
  constructor(next: () => number) {
    super(fc.sample(fc.gen(), 1)[0]!);
    this.next = next;
  }

  override int(min: number, max: number): number {
    return min + Math.floor((max - min + 1) * this.next());
  }
}

/** Known operators around unknown ones. */
export const graphFile = (next: () => number): Promise<Uint8Array> => encoded(randomGraph(new SeededDraw(next)).model);

/** A convolution whose kernel is computed. */
export const kernelFile = (next: () => number): Promise<Uint8Array> =>
  encoded(randomKernel(new SeededDraw(next)).model);
