import { type Diagnostic, error, SmxcError } from "../../base/diagnostics.js";
import { nearest } from "../../base/nearest.js";
import { option, remedy } from "../../base/remedy.js";
import { computed } from "../../tensors/derived.js";
import {
  elementCount,
  type LazyTensor,
  type StoredTensor,
  type TensorData,
  type TensorStore,
} from "../../tensors/tensor.js";

/** Buffers that training leaves in checkpoints and inference does not need; `n_averaged` is that of AveragedModel. */
const IGNORED = /(^|\.)num_batches_tracked$|^n_averaged$/;

/** What DataParallel and AveragedModel, torch.compile, and trainers like Lightning's put before all names. */
const WRAPPERS = /^(module\.|_orig_mod\.|model\.)+/;

type Sizes = readonly (number | null)[];

/**
 * Hands out a checkpoint's tensors by name and shape and keeps account: each is to be used exactly once. What is
 * missing, misshapen or left over is reported together, by name, with the nearest match.
 */
export class TensorReader {
  readonly found: Diagnostic[] = [];
  private readonly used = new Set<string>();
  private readonly useless = new Set<string>();
  private readonly missing: string[] = [];
  private relative: readonly string[] | undefined;

  /** @param prefix what stands before the names of the tensors that are meant; the others are not looked at */
  constructor(
    private readonly store: TensorStore,
    private readonly prefix = "",
  ) {}

  /** A reader that knows names and shapes only. */
  static ofShapes(shapes: ReadonlyMap<string, { readonly shape: readonly number[] }>): TensorReader {
    const tensors = shapes as TensorStore["tensors"];
    return new TensorReader({ tensors, others: new Map(), metadata: new Map() });
  }

  /** What wrappers put before all names. */
  static wrapperOf({ tensors }: TensorStore): string {
    const [first] = tensors.keys();
    const wrapped = first?.match(WRAPPERS)?.[0] ?? "";
    for (const name of tensors.keys()) if (!name.startsWith(wrapped)) return "";
    return wrapped;
  }

  /** Elements of the tensors that were taken. */
  get parameters(): number {
    const taken = [...this.used].map((name) => this.store.tensors.get(name)?.shape);
    return taken.reduce((sum, shape) => sum + (shape ? elementCount(shape) : 0), 0);
  }

  /** Names without the prefix. */
  names(): readonly string[] {
    this.relative ??= this.ours(this.store.tensors.keys()).map((name) => name.slice(this.prefix.length));
    return this.relative;
  }

  private ours(names: Iterable<string>): readonly string[] {
    return [...names].filter((name) => name.startsWith(this.prefix));
  }

  /**
   * Throws for tensors without elements, which no architecture has: where one of its sizes is 0, the others are bounded
   * by nothing.
   */
  refuseEmpty(): void {
    const checked = new Map<readonly number[], boolean>();
    const empty = this.ours(this.store.tensors.keys()).filter((name) => {
      const { shape } = this.store.tensors.get(name)!;
      const known = checked.get(shape) ?? shape.includes(0);
      checked.set(shape, known);
      return known;
    });
    if (empty.length > 0) throw new SmxcError(capped(empty, emptyTensor));
  }

  has(name: string): boolean {
    return this.store.tensors.has(this.prefix + name);
  }

  /** The shape of a tensor, without using it. */
  shapeOf(name: string): readonly number[] | undefined {
    return this.store.tensors.get(this.prefix + name)?.shape;
  }

  /** Uses a tensor of a given shape; null leaves a size open. Problems are noted and a tensor of zeros stands in. */
  take(name: string, ...shapes: readonly Sizes[]): LazyTensor {
    const full = this.prefix + name;
    const stored = this.store.tensors.get(full);
    const standIn: LazyTensor = { shape: shapes[0]!.map((size) => size ?? 1), read: async () => new Float32Array(0) };
    this.used.add(full);
    if (!stored) {
      const other = this.store.others.get(full);
      if (other) this.found.push(notFloat(full, other.dtype));
      else this.missing.push(name);
      return standIn;
    }
    if (!shapes.some((shape) => fits(stored, shape))) {
      this.found.push(misshapen(full, stored.shape, shapes));
      return standIn;
    }
    return stored;
  }

  /** Names a tensor that the network does not need; it may be there or not, and its values are not read. */
  passOver(name: string): void {
    this.useless.add(this.prefix + name);
  }

  /**
   * A weight that may be under weight_norm (Salimans & Kingma 2016): `weight_g`/`weight_v`,
   * `parametrizations.weight.original0/1`, or the plain `weight`. w = g·v/‖v‖ over each row of the whole bank, in float64.
   */
  takeWeight(prefix: string, shape: readonly number[]): LazyTensor {
    const pair = WEIGHT_NORM_NAMES.find(([g, v]) => this.has(`${prefix}${g}`) || this.has(`${prefix}${v}`));
    if (!pair) return this.take(`${prefix}weight`, shape);
    const gains = this.take(`${prefix}${pair[0]}`, [shape[0]!, ...shape.slice(1).map(() => 1)], [shape[0]!]);
    const directions = this.take(`${prefix}${pair[1]}`, shape);
    return computed(shape, [gains, directions], (g, v) => weightNorm(g, v, `${prefix}${pair[1]}`));
  }

  /** The shape of a weight under any of its names. */
  weightShape(prefix: string): readonly number[] | undefined {
    return WEIGHT_NAMES.map((name) => this.shapeOf(`${prefix}${name}`)).find((shape) => shape !== undefined);
  }

  /** Everything that is wrong, once all that is known has been taken; of each kind the first, and how many more. */
  finish(): readonly Diagnostic[] {
    const left = this.ours([...this.store.tensors.keys(), ...this.store.others.keys()]).filter(
      (name) => !this.used.has(name) && !this.useless.has(name) && !IGNORED.test(name.slice(this.prefix.length)),
    );
    const leftNames = left.map((name) => name.slice(this.prefix.length));
    const full = (name: string | undefined) => (name === undefined ? undefined : this.prefix + name);
    return [
      ...capped(this.missing, (name) => missingTensor(this.prefix + name, full(nearest(name, leftNames)))),
      ...capped(this.found, (found) => found),
      ...capped(left, (name) => unexpectedTensor(name, full(nearest(name.slice(this.prefix.length), this.missing)))),
    ];
  }
}

const WEIGHT_NORM_NAMES = [
  ["weight_g", "weight_v"],
  ["parametrizations.weight.original0", "parametrizations.weight.original1"],
] as const;

/** The names under which the directions of a weight may stand, or the whole of it. */
export const WEIGHT_NAMES: readonly string[] = [...WEIGHT_NORM_NAMES.map(([, v]) => v), "weight"];

/** The largest finite float32. */
const FLOAT32_MAX = 2 ** 128 - 2 ** 104;

/**
 * w = g·v/‖v‖ per row, computed in float64 and rounded to float32, as it is stored. |w| is at most |g|: where that is
 * too large for float32, all stays float64, so that the writer can say so. Throws ZeroNormError for a row of zeros.
 */
function weightNorm(gains: TensorData, directions: TensorData, name: string): TensorData {
  const row = directions.length / gains.length;
  const large = gains.some((gain) => Math.abs(gain) > FLOAT32_MAX && Number.isFinite(gain));
  const weight = large ? new Float64Array(directions.length) : new Float32Array(directions.length);
  for (let r = 0; r < gains.length; r++) {
    const end = (r + 1) * row;
    let squares = 0;
    // Not `** 2`, which engines compute as a general power.
    for (let i = r * row; i < end; i++) squares += directions[i]! * directions[i]!;
    if (squares === 0) throw new ZeroNormError(name, r);
    const factor = gains[r]! / Math.sqrt(squares);
    for (let i = r * row; i < end; i++) weight[i] = factor * directions[i]!;
  }
  return weight;
}

/** A row of a weight-normalised kernel has no direction. */
export class ZeroNormError extends Error {
  readonly tensor: string;
  readonly row: number;
  constructor(tensor: string, row: number) {
    super(`row ${row} of "${tensor}" is zero`);
    this.tensor = tensor;
    this.row = row;
  }
}

function fits(stored: StoredTensor, shape: Sizes): boolean {
  return (
    stored.shape.length === shape.length && shape.every((size, axis) => size === null || size === stored.shape[axis])
  );
}

/** Enough for a person to see what is the matter. */
const MOST_LISTED = 25;

/** A diagnostic for each of the first, and one for how many more there are. */
function capped<T>(items: readonly T[], diagnostic: (item: T) => Diagnostic): readonly Diagnostic[] {
  const listed = items.slice(0, MOST_LISTED).map(diagnostic);
  const more = items.length - listed.length;
  return more > 0 ? [...listed, unlisted(listed.at(-1)!, more)] : listed;
}

const unlisted = ({ code }: Diagnostic, count: number): Diagnostic =>
  error(code, `the same is wrong with ${count.toLocaleString("en")} more tensors`, {
    ...remedy`check that this is the checkpoint you mean, and that ${option("arch")} is right`,
  });

/** Longer texts are cut: a hostile file has names and shapes of megabytes. */
const shorten = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);

const MOST_LETTERS = 200;
const MOST_SIZES = 16;

const named = (name: string): string => shorten(name, MOST_LETTERS);

const shapeText = (shape: Sizes): string => {
  const sizes = shape.slice(0, MOST_SIZES).map((size) => size ?? "?");
  return `[${sizes.join(",")}${shape.length > MOST_SIZES ? ",…" : ""}]`;
};

const emptyTensor = (name: string): Diagnostic =>
  error("import/empty-tensor", `the tensor "${named(name)}" has no elements`, {
    place: named(name),
    ...remedy`remove it, or choose the right part of the checkpoint with ${option("key")}`,
  });

const missingTensor = (name: string, near: string | undefined): Diagnostic =>
  error("import/missing-tensor", `the checkpoint has no tensor "${named(name)}"`, {
    place: named(name),
    ...(near
      ? { hint: `check whether "${named(near)}" is this tensor; it is left over` }
      : remedy`check that ${option("arch")} is right, or save the tensors of the whole network: torch.save(model.state_dict(), path)`),
  });

const unexpectedTensor = (name: string, near: string | undefined): Diagnostic =>
  error("import/unexpected-tensor", `the tensor "${named(name)}" has no place in this architecture`, {
    place: named(name),
    ...(near
      ? { hint: `check whether it is the tensor "${named(near)}", which is missing` }
      : remedy`check that ${option("arch")} is right, or remove the tensor`),
  });

const misshapen = (name: string, found: readonly number[], expected: readonly Sizes[]): Diagnostic =>
  error(
    "import/misshapen-tensor",
    `the tensor "${named(name)}" has the shape ${shapeText(found)}, not ${expected.map(shapeText).join(" or ")}`,
    {
      place: named(name),
      hint: "check the checkpoint; the shapes of all other tensors agree on that size",
    },
  );

const notFloat = (name: string, dtype: string): Diagnostic =>
  error("import/not-float", `the tensor "${named(name)}" holds ${dtype}, not floating-point numbers`, {
    place: named(name),
    hint: "convert it before saving: tensor.float()",
  });
