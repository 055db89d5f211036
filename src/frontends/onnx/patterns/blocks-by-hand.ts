/** Blocks of pixels as channels and back, written as Reshape, Transpose, Reshape. */
import { type Dim, divideDim, type Shape, scaleDim } from "../../../ir/dim.js";
import type { ChannelOrder } from "../../../ir/ops/pixel-shuffle.js";
import { intsOf } from "../attributes.js";
import { inputOf } from "../operands.js";
import { NotRead, type OnnxPattern, type PatternMatch, type SourceNode, type Surroundings } from "../reading.js";
import { fits, reshapeTarget } from "../reshape-target.js";

/** A way to write one: the shape between the first two nodes, and how its axes are ordered. */
interface Spelling {
  readonly op: "pixel_shuffle" | "pixel_unshuffle";
  readonly order: ChannelOrder;
  readonly perm: string;
  /** The axis of the inner shape that is the side of a block. */
  readonly side: number;
  /** The shape of six dimensions, and the result's, for blocks of `scale`; undefined where the sizes do not allow it. */
  shapes(x: Shape, scale: number): readonly [inner: Shape, result: Shape] | undefined;
}

function shuffled(x: Shape, scale: number, order: ChannelOrder): readonly [Shape, Shape] | undefined {
  const [n, c, h, w] = x as readonly [Dim, Dim, Dim, Dim];
  const channels = divideDim(c, scale ** 2);
  if (channels === undefined) return undefined;
  const blocks = order === "CRD" ? [channels, scale, scale] : [scale, scale, channels];
  return [
    [n, ...blocks, h, w],
    [n, channels, scaleDim(h, scale), scaleDim(w, scale)],
  ];
}

function unshuffled(x: Shape, scale: number): readonly [Shape, Shape] | undefined {
  const [n, c, h, w] = x as readonly [Dim, Dim, Dim, Dim];
  const [rows, columns] = [divideDim(h, scale), divideDim(w, scale)];
  if (rows === undefined || columns === undefined) return undefined;
  return [
    [n, c, rows, scale, columns, scale],
    [n, scaleDim(c, scale ** 2), rows, columns],
  ];
}

const SPELLINGS: readonly Spelling[] = [
  { op: "pixel_shuffle", order: "CRD", perm: "0,1,4,2,5,3", side: 2, shapes: (x, s) => shuffled(x, s, "CRD") },
  { op: "pixel_shuffle", order: "DCR", perm: "0,3,4,1,5,2", side: 1, shapes: (x, s) => shuffled(x, s, "DCR") },
  { op: "pixel_unshuffle", order: "CRD", perm: "0,1,3,5,2,4", side: 3, shapes: unshuffled },
  { op: "pixel_unshuffle", order: "DCR", perm: "0,3,5,1,2,4", side: 3, shapes: unshuffled },
];

export const BLOCKS_BY_HAND: OnnxPattern = { name: "blocks-by-hand", last: "Reshape", match };

function match(last: SourceNode, around: Surroundings): PatternMatch | undefined {
  const transpose = giverOf(last, "Transpose", around);
  const first = transpose && giverOf(transpose, "Reshape", around);
  const x = first?.shape(0);
  if (!first || !transpose || x?.length !== 4) return undefined;
  const perm = intsOf(transpose.node, "perm")?.join();
  const inner = targetOf(first, x);
  // A 0 of the last Reshape copies an axis that only the batch is sure to be the same of.
  const outer = targetOf(last, [x[0]!]);
  for (const { op, order, shapes, side, perm: wanted } of SPELLINGS) {
    const scale = inner?.[side];
    if (perm !== wanted || typeof scale !== "number" || scale < 1) continue;
    const [between, result] = shapes(x, scale) ?? [];
    if (!inner || !outer || !between || !result || !fits(inner, between) || !fits(outer, result)) continue;
    return {
      inner: [first.node, transpose.node],
      read: (write) => write.node(op, [inputOf(first, 0)], { scale, order }, { output: 0 }),
    };
  }
  return undefined;
}

/** The node of an operator that gives the first input of another, which alone reads it. */
function giverOf(reader: SourceNode, operator: string, around: Surroundings): SourceNode | undefined {
  const value = reader.input(0);
  const giver = value !== undefined && around.isReadOnce(value) ? around.giver(value) : undefined;
  return giver?.node.op_type === operator && !giver.node.domain ? giver : undefined;
}

function targetOf(source: SourceNode, x: Shape): readonly (Dim | "rest")[] | undefined {
  try {
    return reshapeTarget(source, x);
  } catch (cause) {
    if (cause instanceof NotRead) return undefined;
    throw cause;
  }
}
