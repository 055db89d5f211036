import { type Arithmetic, NUMBERS } from "./arithmetic.js";

/**
 * The published patch evaluation of networks with neural sparse representation (Fan et al. 2020, wdsr_nsr): the part of
 * the network whose β was trained on patches runs on patches of that size, which are blended.
 */
export interface PatchRule {
  /** Side of a patch, in pixels. */
  readonly patch: number;
  /** Pixels that the picture is padded by, reflecting, and that a patch's result loses on each side. */
  readonly frame: number;
  /** Distance of neighbouring patches. */
  readonly stride: number;
  /** Weight of the patches along the border; those of the grid have weight 1. */
  readonly borderWeight: number;
  /** Pictures with a side below this are one patch, without a frame. */
  readonly wholeBelow: number;
}

/** What the rule makes of one axis of a picture. */
export interface PatchAxis<Size = number> {
  readonly size: Size;
  readonly patch: Size;
  /** What is left of a patch without its frame. */
  readonly inner: Size;
  readonly stride: Size;
  /** Patches of the grid along the axis. */
  readonly count: Size;
  /** Pixels that the grid leaves over. */
  readonly crop: Size;
  /** Where the grid begins, in the middle of them. */
  readonly centred: Size;
  /** Where the last patch begins. */
  readonly last: Size;
}

export interface PatchAxes<Size = number> {
  /** 1 for a picture that is cut, 0 for one that is a patch as a whole. */
  readonly cut: Size;
  readonly frame: Size;
  readonly rows: PatchAxis<Size>;
  readonly columns: PatchAxis<Size>;
}

/** Where patches begin along an axis: at one place, or at as many as the grid has, stride by stride, from that place on. */
export interface Placement<Size = number> {
  readonly first: Size | number;
  readonly repeats: boolean;
}

/** Patches that are placed alike: the grid, or those along one side of the border, which a picture as a whole has not. */
export interface PatchSet<Size = number> {
  readonly rows: Placement<Size>;
  readonly columns: Placement<Size>;
  readonly border: boolean;
}

/**
 * A patch. The corner is that of the patch in the padded picture, and also that of the patch without its frame in the
 * picture itself.
 */
export interface PlacedPatch {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

export interface PatchGrid extends PatchAxes {
  /** Set by set, each row by row. */
  readonly patches: readonly PlacedPatch[];
}

/** What is wrong with a rule: no text when it covers every picture. */
export function faultOf({ patch, frame, stride, borderWeight, wholeBelow }: PatchRule): string | undefined {
  if (patch <= 2 * frame) return `a patch of ${patch} pixels has nothing left without its frame of ${frame}`;
  if (stride > patch - 2 * frame)
    return `patches of ${patch - 2 * frame} pixels without their frame leave gaps at a stride of ${stride}`;
  if (!(borderWeight > 0)) return "patches of weight 0 leave the border without a value";
  if (wholeBelow < patch) return `pictures of less than ${patch} pixels hold no patch, so wholeBelow must not be less`;
  return undefined;
}

export function isWhole({ wholeBelow }: PatchRule, height: number, width: number): boolean {
  return Math.min(height, width) < wholeBelow;
}

/** The axes of a picture by the rule. */
export function patchAxes<Size>(a: Arithmetic<Size>, rule: PatchRule, height: Size, width: Size): PatchAxes<Size> {
  const cut = a.atLeast(a.min(height, width), rule.wholeBelow);
  const whole = a.sub(1, cut);
  const frame = a.mul(cut, rule.frame);
  const axis = (size: Size): PatchAxis<Size> => {
    const ifCut = (part: number): Size => a.add(a.mul(cut, part), a.mul(whole, size));
    const patch = ifCut(rule.patch);
    const stride = ifCut(rule.stride);
    const frames = a.mul(frame, 2);
    const last = a.sub(a.add(size, frames), patch);
    const steps = a.div(last, stride);
    const crop = a.sub(last, a.mul(steps, stride));
    const inner = a.sub(patch, frames);
    return { size, patch, inner, stride, count: a.add(steps, 1), crop, centred: a.div(crop, 2), last };
  };
  return { cut, frame, rows: axis(height), columns: axis(width) };
}

/** The grid, then the border at the top, right, bottom and left. */
export function patchSets<Size>({ rows, columns }: PatchAxes<Size>): readonly PatchSet<Size>[] {
  const each = (first: Size | number): Placement<Size> => ({ first, repeats: true });
  const one = (first: Size | number): Placement<Size> => ({ first, repeats: false });
  return [
    { rows: each(rows.centred), columns: each(columns.centred), border: false },
    { rows: one(0), columns: each(0), border: true },
    { rows: each(0), columns: one(columns.last), border: true },
    { rows: one(rows.last), columns: each(columns.crop), border: true },
    { rows: each(rows.crop), columns: one(0), border: true },
  ];
}

/** The patches of a picture. */
export function patchGrid(rule: PatchRule, height: number, width: number): PatchGrid {
  const axes = patchAxes(NUMBERS, rule, height, width);
  const starts = ({ count, stride }: PatchAxis, { first, repeats }: Placement): readonly number[] =>
    Array.from({ length: repeats ? count : 1 }, (_, index) => first + index * stride);
  const patches = patchSets(axes)
    .filter(({ border }) => axes.cut === 1 || !border)
    .flatMap(({ rows, columns, border }) => {
      const [lefts, weight] = [starts(axes.columns, columns), border ? rule.borderWeight : 1];
      return starts(axes.rows, rows).flatMap((row) => lefts.map((column) => ({ row, column, weight })));
    });
  return { ...axes, patches };
}

/** The pixel behind one of a padded axis: reflected without repeating the edge. */
export function reflected(position: number, size: number): number {
  return size - 1 - Math.abs(size - 1 - Math.abs(position));
}
