/** Random layers without mixtures. Each adds one layer of its kind, and what that needs, or nothing where none fits. */
import { addDims, divideDim, floorDivDim, type Shape, sameDim, scaleDim } from "../../../src/ir/dim.js";
import { sizeOf } from "../../../src/ir/ops/dense-tensor.js";
import { channelsOf, type Draft, divisorsOf, pickValue, resized, type Value, withChannels } from "./draft.js";
import type { Tape } from "./tape.js";
import { convWindow, poolWindow } from "./window.js";

export type Generator = (draft: Draft, tape: Tape) => void;

/** Feature maps, bursts, vectors and mixing weights. */
const ANY_RANK = [4, 2, 3, 5] as const;

type Simple = "relu" | "sigmoid" | "silu" | "tanh" | "gelu";

export function activation(op: Simple): Generator {
  return (draft, tape) => {
    const value = pickValue(tape, draft.ofRank(...ANY_RANK));
    if (!value) return;
    draft.layer({ name: draft.fresh(tape), op, in: value.name }, value, [value]);
  };
}

export const leakyRelu: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(...ANY_RANK));
  if (!value) return;
  const slope = tape.pick([{}, { slope: 0.2 }, { slope: 0 }, { slope: -1.5 }]);
  draft.layer({ name: draft.fresh(tape), op: "leaky_relu", in: value.name, ...slope }, value, [value]);
};

export const clamp: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(...ANY_RANK));
  if (!value) return;
  const [min, max] = tape.pick([
    [0, 1],
    [-0.25, 0.125],
    [0.5, 0.5],
  ]) as [number, number];
  draft.layer({ name: draft.fresh(tape), op: "clamp", in: value.name, min, max }, value, [value]);
};

export const affine: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(...ANY_RANK));
  if (!value) return;
  const scale = tape.pick([{}, { scale: 0.5 }, { scale: -1.25 }, { scale: 0 }]);
  const shift = tape.pick([{}, { shift: -0.5 }, { shift: 0.75 }]);
  draft.layer({ name: draft.fresh(tape), op: "affine", in: value.name, ...scale, ...shift }, value, [value]);
};

export const prelu: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(...ANY_RANK));
  if (!value) return;
  const name = draft.fresh(tape);
  const one = tape.chance(2);
  const weight = draft.tensor(tape, `${name}.weight`, [one ? 1 : channelsOf(value)]);
  const own = weight === `${name}.weight` ? {} : { weights: { weight } };
  draft.layer({ name, op: "prelu", in: value.name, ...(one ? { slopes: 1 } : {}), ...own }, value, [value]);
};

export const batchNorm: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(...ANY_RANK));
  if (!value) return;
  const name = draft.fresh(tape);
  const prefix = batchNormTensors(draft, name, channelsOf(value));
  const epsilon = tape.pick([{}, { epsilon: 0.01 }]);
  draft.layer({ name, op: "batch_norm", in: value.name, ...epsilon, weights: { prefix } }, value, [value]);
};

/** The four tensors of a BatchNorm; the prefix that they have. */
export function batchNormTensors(draft: Draft, name: string, channels: number): string {
  const prefix = `${name}.bn`;
  for (const part of ["weight", "bias", "running_mean", "running_var"])
    draft.tensors.set(`${prefix}.${part}`, [channels]);
  return prefix;
}

export const softmax: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(...ANY_RANK));
  if (!value) return;
  const axis = tape.integer(1, value.size.length - 1);
  draft.layer({ name: draft.fresh(tape), op: "softmax", in: value.name, axis }, value, [value]);
};

export function combination(op: "add" | "mul"): Generator {
  return (draft, tape) => {
    const a = pickValue(tape, draft.ofRank(...ANY_RANK));
    if (!a) return;
    const partners = draft.ofRank(a.size.length).filter((b) => broadcast(a.shape, b.shape) !== undefined);
    const b = tape.pick(partners);
    const sizes = {
      shape: broadcast(a.shape, b.shape)!,
      size: a.size.map((dim, axis) => Math.max(dim, b.size[axis]!)),
    };
    draft.layer({ name: draft.fresh(tape), op, in: tape.chance(2) ? [b.name, a.name] : [a.name, b.name] }, sizes, [
      a,
      b,
    ]);
  };
}

/** The shape of a sum, where equal sizes and ones meet. */
function broadcast(a: Shape, b: Shape): Shape | undefined {
  const dims = a.map((dim, axis) => (dim === 1 ? b[axis]! : b[axis] === 1 || sameDim(dim, b[axis]!) ? dim : undefined));
  return dims.every((dim) => dim !== undefined) ? dims : undefined;
}

export const concat: Generator = (draft, tape) => {
  const first = pickValue(tape, draft.ofRank(...ANY_RANK));
  if (!first) return;
  const fits = draft
    .ofRank(first.size.length)
    .filter(({ shape }) =>
      shape.every((dim, axis) => axis === 1 || sameDim(dim, first.shape[axis]!) || (axis === 0 && dim === 1)),
    );
  const parts = [first, ...Array.from({ length: tape.integer(1, 2) }, () => tape.pick(fits))];
  const channels = parts.reduce((sum, part) => sum + channelsOf(part), 0);
  draft.layer(
    { name: draft.fresh(tape), op: "concat", in: parts.map(({ name }) => name) },
    withChannels(first, channels),
    parts,
  );
};

export const conv: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(4));
  if (!value) return;
  const name = draft.fresh(tape);
  const window = convWindow(tape, value);
  const { groups, out } = drawGroups(tape, channelsOf(value));
  const bias = tape.chance(2);
  const weight = draft.tensor(tape, `${name}.weight`, [out, channelsOf(value) / groups, ...window.kernel]);
  const weights = { weight, ...(bias ? { bias: draft.tensor(tape, `${name}.bias`, [out]) } : {}) };
  const fields = { ...window.fields, ...(groups === 1 ? {} : { groups }), bias, weights };
  draft.layer({ name, op: "conv", in: value.name, out, ...fields }, withChannels(window.sizes, out), [value]);
};

/** Dense, grouped or depthwise. */
export function drawGroups(tape: Tape, channels: number): { readonly groups: number; readonly out: number } {
  const groups = tape.chance(3) ? tape.pick(divisorsOf(channels)) : 1;
  const most = Math.max(1, Math.floor(8 / groups));
  return { groups, out: groups * tape.integer(1, most) };
}

export const globalPool: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(4));
  if (value) pooled(draft, tape, value, !tape.chance(3));
};

export function pooled(draft: Draft, tape: Tape, value: Value, flat: boolean): Value {
  const sizes = resized(value, ([n, c]) => (flat ? [n!, c!] : [n!, c!, 1, 1]));
  return draft.layer({ name: draft.fresh(tape), op: "global_pool", in: value.name, ...(flat ? {} : { flat }) }, sizes, [
    value,
  ]);
}

/** A vector [N, C]: one that there is, or the mean of a feature map. */
export function vector(draft: Draft, tape: Tape): Value | undefined {
  const known = pickValue(tape, draft.ofRank(2));
  if (known && !tape.chance(4)) return known;
  const map = pickValue(tape, draft.ofRank(4));
  return map ? pooled(draft, tape, map, true) : known;
}

export const linear: Generator = (draft, tape) => {
  const value = vector(draft, tape);
  if (value) linearLayer(draft, tape, value, tape.integer(1, 6));
};

function linearLayer(draft: Draft, tape: Tape, value: Value, out: number): Value {
  const name = draft.fresh(tape);
  const columns = channelsOf(value);
  const weight = draft.tensor(
    tape,
    `${name}.weight`,
    tape.pick([
      [out, columns],
      [out, columns, 1, 1],
    ]),
  );
  const bias = tape.chance(2)
    ? { weights: { weight, bias: draft.tensor(tape, `${name}.bias`, [out]) } }
    : { bias: false, weights: { weight } };
  return draft.layer({ name, op: "linear", in: value.name, out, ...bias }, withChannels(value, out), [value]);
}

export const channelScale: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(4));
  if (!value) return;
  const channels = channelsOf(value);
  const sameBatch = (weights: Value): boolean => sameDim(weights.shape[0]!, value.shape[0]!) || weights.shape[0] === 1;
  const flat = draft.ofRank(2).filter((weights) => channels % channelsOf(weights) === 0 && sameBatch(weights));
  const factors = draft.ofRank(3).filter(({ shape, size }) => shape[1] === 1 && channels % size[2]! === 0);
  const known = [...flat, ...factors.filter(sameBatch)];
  const fresh = (): Value => linearLayer(draft, tape, pooled(draft, tape, value, true), channels);
  const by = known.length > 0 && !tape.chance(3) ? tape.pick(known) : fresh();
  draft.layer({ name: draft.fresh(tape), op: "channel_scale", in: value.name, by: by.name }, value, [value, by]);
};

export function pool(op: "max_pool" | "average_pool"): Generator {
  return (draft, tape) => {
    const value = pickValue(tape, draft.ofRank(4));
    if (!value) return;
    const { fields, sizes } = poolWindow(tape, value);
    const { dilation: _, ...rest } = fields;
    draft.layer({ name: draft.fresh(tape), op, in: value.name, ...rest }, sizes, [value]);
  };
}

export const resize: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(4));
  if (!value) return;
  const [, , height, width] = value.size as [number, number, number, number];
  const by = tape.pick([
    2,
    1,
    3,
    ...[2, 3, 4, 6, 7].filter((divisor) => Math.min(height, width) >= divisor).map((divisor) => -divisor),
  ]);
  const law = (dim: Shape[number]) => (by > 0 ? scaleDim(dim, by) : floorDivDim(dim, -by));
  const mode = tape.pick(["nearest", "bilinear", "bicubic"] as const);
  const sizes = resized(value, ([n, c, h, w]) => [n!, c!, law(h!), law(w!)]);
  draft.layer({ name: draft.fresh(tape), op: "resize", in: value.name, mode, scale: by > 0 ? by : 1 / -by }, sizes, [
    value,
  ]);
};

export const pad: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(4));
  if (!value) return;
  const [, , height, width] = value.size as [number, number, number, number];
  const mode = tape.pick(["zeros", "reflect", "replicate"] as const);
  const side = (size: number): number => tape.integer(0, mode === "reflect" ? Math.min(3, size - 1) : 3);
  const all = side(Math.min(height, width));
  const sides: [number, number, number, number] = tape.chance(2)
    ? [side(height), side(width), side(height), side(width)]
    : [all, all, all, all];
  const [top, left, bottom, right] = sides;
  const sizes = resized(value, ([n, c, h, w]) => [n!, c!, addDims(h!, top + bottom), addDims(w!, left + right)]);
  const even = sides.every((each) => each === top) && tape.chance(2);
  draft.layer({ name: draft.fresh(tape), op: "pad", in: value.name, mode, pad: even ? top : sides }, sizes, [value]);
};

export const pixelShuffle: Generator = (draft, tape) => {
  const fits = draft
    .ofRank(4)
    .flatMap((value) => [2, 3, 1].filter((s) => channelsOf(value) % s ** 2 === 0).map((scale) => ({ value, scale })));
  if (fits.length === 0) return;
  const { value, scale } = tape.pick(fits);
  const sizes = resized(value, ([n, c, h, w]) => [
    n!,
    divideDim(c!, scale ** 2)!,
    scaleDim(h!, scale),
    scaleDim(w!, scale),
  ]);
  draft.layer({ name: draft.fresh(tape), op: "pixel_shuffle", in: value.name, scale }, sizes, [value]);
};

export const pixelUnshuffle: Generator = (draft, tape) => {
  const fits = draft.ofRank(4).flatMap((value) => {
    const [, , height, width] = value.size as [number, number, number, number];
    const scales = [2, 3, 4, 1].filter((s) => height % s === 0 && width % s === 0 && channelsOf(value) * s ** 2 <= 32);
    return scales.map((scale) => ({ value, scale }));
  });
  if (fits.length === 0) return;
  const { value, scale } = tape.pick(fits);
  const sizes = resized(value, ([n, c, h, w]) => [
    n!,
    scaleDim(c!, scale ** 2),
    floorDivDim(h!, scale),
    floorDivDim(w!, scale),
  ]);
  draft.layer({ name: draft.fresh(tape), op: "pixel_unshuffle", in: value.name, scale }, sizes, [value]);
};

export const foldFrames: Generator = (draft, tape) => {
  const burst = pickValue(tape, draft.ofRank(5)) ?? unfolded(draft, tape);
  if (!burst) return;
  const sizes = resized(burst, ([n, c, t, h, w]) => [n!, scaleDim(c!, t as number), h!, w!]);
  draft.layer({ name: draft.fresh(tape), op: "fold_frames", in: burst.name }, sizes, [burst]);
};

export const unfoldFrames: Generator = (draft, tape) => {
  unfolded(draft, tape);
};

function unfolded(draft: Draft, tape: Tape): Value | undefined {
  const value = pickValue(tape, draft.ofRank(4));
  if (!value || sizeOf(value.size) > 1000) return undefined;
  const sizes = resized(value, ([n, c, h, w]) => [n!, c!, 1, h!, w!]);
  return draft.layer({ name: draft.fresh(tape), op: "unfold_frames", in: value.name }, sizes, [value]);
}
