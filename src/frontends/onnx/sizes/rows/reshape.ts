/** Reshape: which axes of the picture a number of its shape stands for follows from the order of the elements. */
import { hasAttribute, intOf, intsOf } from "../../attributes.js";
import { NotRead } from "../../reading.js";
import {
  type Extent,
  type Extents,
  type Factor,
  fixed,
  inBlocks,
  isOpen,
  joined,
  sameExtent,
  showExtent,
} from "../extent.js";
import type { SizeRow, SizeView } from "../size-row.js";

/**
 * The sizes of a Reshape's result. Row-major order leaves elements where they are, so axes are taken from the front, in the
 * smallest groups that hold as many elements before as after: one axis that stays one is that axis, several that become
 * one are their product, and a product that was joined before comes apart into the same sizes.
 *
 * @param to in the export
 * @param hasBlocks whether a side comes apart into places and what a block is large
 * @throws NotRead where a size comes apart into numbers either of which may be fixed
 */
function regrouped(from: Extents, to: readonly number[], hasBlocks: boolean): Extents {
  const doubtful = from.find(({ factors }) =>
    factors.some((factor) => factor.exported === 1 && typeof factor.dim !== "number"),
  );
  if (doubtful !== undefined) throw new NotRead(`${showExtent(doubtful)} may be any of its axes of size 1`);
  const result: Extent[] = to.map(fixed);
  const rows = from.flatMap(({ factors }) => factors).filter(({ exported }) => exported !== 1);
  const columns = [...to.keys()].filter((axis) => to[axis] !== 1);
  while (columns.length > 0) {
    const axis = columns.shift()!;
    const taken = takenFor(to[axis]!, rows);
    const block = hasBlocks ? blockOf(to, axis, columns[0], rows[0]) : undefined;
    if (taken !== undefined) result[axis] = product(taken);
    else if (block !== undefined) {
      result[axis] = inBlocks(product([rows.shift()!]), block);
      columns.shift();
    } else takeTogether([axis], columns, to, rows);
  }
  if (rows.length > 0) throw new NotRead(OTHER_COUNT);
  return result;
}

const OTHER_COUNT = "its result has another number of elements";

function product(factors: readonly Factor[]): Extent {
  return joined(factors.map((factor) => ({ exported: factor.exported, factors: [factor] })));
}

/** Takes the factors of a size from the front; a part of a number is one. Undefined, with nothing taken, where none fit. */
function takenFor(size: number, rows: Factor[]): readonly Factor[] | undefined {
  const taken: Factor[] = [];
  let left = size;
  for (const [index, row] of rows.entries()) {
    if (left % row.exported === 0) taken.push(row);
    else if (typeof row.dim === "number" && row.dim % left === 0) {
      const rest = row.dim / left;
      rows.splice(0, index + 1, { exported: rest, dim: rest });
      return [...taken, { exported: left, dim: left }];
    } else return undefined;
    left /= row.exported;
    if (left === 1) {
      rows.splice(0, index + 1);
      return taken;
    }
  }
  return undefined;
}

/** How large the blocks are into which an open size comes apart. */
function blockOf(
  to: readonly number[],
  axis: number,
  next: number | undefined,
  row: Factor | undefined,
): number | undefined {
  if (next === undefined || row === undefined || typeof row.dim === "number") return undefined;
  return to[axis]! * to[next]! === row.exported ? to[next] : undefined;
}

/**
 * Whether a Reshape [N,C,H,W] → [N,C,h,b,w,b] is the first step of a space-to-depth: what lies within a block is moved to
 * the channels, whose number is no picture's. Windows of attention are moved to the batch.
 */
function beginsSpaceToDepth({ node, readers }: SizeView, to: readonly number[]): boolean {
  const [transpose, ...others] = readers(node.output[0]!);
  if (to.length !== 6 || transpose?.op_type !== "Transpose" || others.length > 0) return false;
  const perm = intsOf(transpose, "perm")?.join();
  const last = readers(transpose.output[0]!);
  return (perm === "0,1,3,5,2,4" || perm === "0,3,5,1,2,4") && last.length === 1 && last[0]!.op_type === "Reshape";
}

/** Takes as many axes and factors as hold equally many elements, which all must be fixed. */
function takeTogether(axes: number[], columns: number[], to: readonly number[], rows: Factor[]): void {
  const group: Factor[] = [];
  let [before, after] = [1, to[axes[0]!]!];
  while (before !== after) {
    const [row, column] = [rows[0], columns[0]];
    if (before < after && row !== undefined) {
      group.push(rows.shift()!);
      before *= row.exported;
    } else if (before > after && column !== undefined) {
      axes.push(columns.shift()!);
      after *= to[column]!;
    } else throw new NotRead(OTHER_COUNT);
  }
  const size = product(group);
  if (isOpen(size))
    throw new NotRead(
      comesApart(
        size,
        axes.map((axis) => to[axis]!),
      ),
    );
}

function comesApart(size: Extent, parts: readonly number[]): string {
  return `it splits an axis of size ${showExtent(size)} into ${parts.join("×")}, as for windows, and it is not known which of these numbers depend on the picture`;
}

export const reshape: SizeRow = (view) => {
  const from = view.shape(0);
  const to = view.exported(0);
  const result = regrouped(from, to, beginsSpaceToDepth(view, to));
  const target = targetOf(view, from, to.length);
  const wrong = target.flatMap((size, axis) => (isRight(size, result[axis]!) ? [] : [axis]));
  if (wrong.length === 0) return { outputs: [result] };
  const attributes = hasAttribute(view.node, "allowzero") ? new Map([["allowzero", null]]) : undefined;
  return {
    outputs: [result],
    inputs: new Map([[1, rewritten(from, result, target)]]),
    ...(attributes ? { attributes } : {}),
  };
};

/** What a Reshape says of an axis: a size, what is left over, or the size of the same axis of its input. */
type Wanted = Extent | "rest" | "copy";

function targetOf(view: SizeView, from: Extents, rank: number): readonly Wanted[] {
  const keepsZeros = intOf(view.node, "allowzero", 0) !== 0;
  const target = view.computed(1) ?? view.integers(1)?.map(fixed);
  if (target?.length !== rank) throw new NotRead("its shape is not constant");
  return target.map((size, axis) => {
    if (isOpen(size)) return size;
    if (size.exported === -1) return "rest";
    return size.exported === 0 && !keepsZeros && from[axis] !== undefined ? "copy" : size;
  });
}

function isRight(size: Wanted, wanted: Extent): boolean {
  return typeof size === "string" || sameExtent(size, wanted);
}

/** Zeros where an axis stays in its place, one −1, and what is computed of shapes elsewhere. */
function rewritten(from: Extents, result: Extents, target: readonly Wanted[]): readonly (number | Extent)[] {
  const isCopy = (axis: number): boolean => {
    const own = from[axis];
    return own !== undefined && sameExtent(own, result[axis]!);
  };
  const left = result.flatMap((size, axis) => (isOpen(size) && !isCopy(axis) ? [axis] : []));
  const said = target.indexOf("rest");
  const rest = left.length === 0 || left.includes(said) ? said : left[0];
  return result.map((size, axis) => {
    if (axis === rest) return -1;
    if (!isOpen(size)) return size.exported;
    return isCopy(axis) ? 0 : size;
  });
}
