/** Channels that stand where the batch does, and are put back: as convolutions whose groups are samples leave a batch of one. */
import { intsOf } from "../attributes.js";
import { inputOf, keep } from "../operands.js";
import { NotRead, type OnnxPattern, type PatternMatch, type SourceNode, type Surroundings } from "../reading.js";
import { fits, reshapeTarget } from "../reshape-target.js";

export const SWAPPED_BATCH: OnnxPattern = { name: "swapped-batch", last: "Reshape", match };

/** Transpose [1,C,H,W] → [C,1,H,W], then Reshape to [1,C,H,W]. */
function match(last: SourceNode, around: Surroundings): PatternMatch | undefined {
  const value = last.input(0);
  const transpose = value !== undefined && around.isReadOnce(value) ? around.giver(value) : undefined;
  const x = transpose?.shape(0);
  const isSwap = transpose?.node.op_type === "Transpose" && intsOf(transpose.node, "perm")?.join() === "1,0,2,3";
  if (!isSwap || x?.length !== 4 || x[0] !== 1) return undefined;
  try {
    if (!fits(reshapeTarget(last, [x[1]!, x[0], x[2]!, x[3]!]), x)) return undefined;
  } catch (cause) {
    if (cause instanceof NotRead) return undefined;
    throw cause;
  }
  return { inner: [transpose.node], read: (write) => keep(write, inputOf(transpose, 0)) };
}
