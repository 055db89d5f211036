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
  /** Weight of the four strips along the border; the patches of the grid have weight 1. */
  readonly borderWeight: number;
  /** Pictures with a side below this are one patch, without a frame. */
  readonly wholeBelow: number;
}

/** What the rule makes of one axis of a picture. */
export interface PatchAxis {
  readonly size: number;
  readonly patch: number;
  /** What is left of a patch without its frame. */
  readonly inner: number;
  readonly stride: number;
  /** Patches of the grid along the axis. */
  readonly count: number;
  /** Pixels that the grid leaves over. */
  readonly crop: number;
  /** Where the last patch begins. */
  readonly last: number;
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

export interface PatchGrid {
  readonly frame: number;
  readonly rows: PatchAxis;
  readonly columns: PatchAxis;
  /** The grid row by row, then the strips at the top, right, bottom and left. */
  readonly patches: readonly PlacedPatch[];
}

/** What is wrong with a rule: no text when it covers every picture. */
export function faultOf({ patch, frame, stride, borderWeight, wholeBelow }: PatchRule): string | undefined {
  if (patch <= 2 * frame) return `a patch of ${patch} pixels has nothing left without its frame of ${frame}`;
  if (stride > patch - 2 * frame)
    return `patches of ${patch - 2 * frame} pixels without their frame leave gaps at a stride of ${stride}`;
  if (!(borderWeight > 0)) return "strips of weight 0 leave the border without a value";
  if (wholeBelow < patch) return `pictures of less than ${patch} pixels hold no patch, so wholeBelow must not be less`;
  return undefined;
}

export function isWhole({ wholeBelow }: PatchRule, height: number, width: number): boolean {
  return Math.min(height, width) < wholeBelow;
}

/** The patches of a picture. */
export function patchGrid(rule: PatchRule, height: number, width: number): PatchGrid {
  const whole = isWhole(rule, height, width);
  const frame = whole ? 0 : rule.frame;
  const axis = (size: number): PatchAxis => {
    const patch = whole ? size : rule.patch;
    const stride = whole ? size : rule.stride;
    const count = Math.floor((size + 2 * frame - patch) / stride) + 1;
    const last = size + 2 * frame - patch;
    return { size, patch, inner: patch - 2 * frame, stride, count, crop: last - (count - 1) * stride, last };
  };
  const [rows, columns] = [axis(height), axis(width)];
  const starts = ({ count, stride }: PatchAxis, first: number): readonly number[] =>
    Array.from({ length: count }, (_, index) => first + index * stride);
  const cross = (tops: readonly number[], lefts: readonly number[], weight: number): readonly PlacedPatch[] =>
    tops.flatMap((row) => lefts.map((column) => ({ row, column, weight })));
  const grid = cross(starts(rows, Math.floor(rows.crop / 2)), starts(columns, Math.floor(columns.crop / 2)), 1);
  const strips = whole
    ? []
    : [
        cross([0], starts(columns, 0), rule.borderWeight),
        cross(starts(rows, 0), [columns.last], rule.borderWeight),
        cross([rows.last], starts(columns, columns.crop), rule.borderWeight),
        cross(starts(rows, rows.crop), [0], rule.borderWeight),
      ].flat();
  return { frame, rows, columns, patches: [...grid, ...strips] };
}

/** The pixel behind one of a padded axis: reflected without repeating the edge. */
export function reflected(position: number, size: number): number {
  return size - 1 - Math.abs(size - 1 - Math.abs(position));
}
