/** A kernel's product as the factors of a mixed convolution: each over experts and one axis of the kernel. */
import type { Factor as MixFactor } from "../../../ir/ops/mixture.js";
import type { ConstantSource, Factor, NormSource, Part, Product } from "./product.js";
import { cutParts, joinedParts, shapeOfProduct, sizeOfParts } from "./product.js";
import { regrouped, transposed } from "./views.js";

/** An index of a factor's elements: its size, and by how many elements it moves on. */
export interface Step {
  readonly size: number;
  readonly step: number;
}

/** A factor α [experts or 1, blocks], as a view of the elements of a value of the graph. */
export interface Placed {
  /** The value, or whether it is the largest of its column. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly start: number;
  /** None where it is the same for all experts. */
  readonly experts: readonly Step[];
  readonly over: MixFactor["over"];
  readonly blocks: readonly Step[];
}

export interface NormalForm {
  readonly experts: number;
  readonly factors: readonly Placed[];
  /** What the bank is a product of; its parts are those of experts, output, input and taps. */
  readonly constants: readonly (Factor & { readonly source: ConstantSource })[];
  /** Of each constant: how it moves, expert-major. */
  readonly parts: readonly Part[];
  readonly demodulate: number | null;
}

/** Why a product is no such form; `source` is the factor that keeps it from being one. */
export interface NoForm {
  readonly reason: string;
  readonly source?: string;
}

const AXES = { out: "output channels", in: "input channels", tap: "kernel taps" } as const;
type Over = MixFactor["over"];
type Axes = Readonly<Record<Over, readonly Part[]>>;

/** @param product a kernel [O, C/groups, kh, kw], or a bias [O] */
export function normalForm(product: Product, groups: number): NormalForm | NoForm {
  const [out = [], perGroup = [], ...taps] = product.axes;
  const axes: Axes = { out, in: perGroup, tap: taps.flat() };
  const norms = product.factors.flatMap(({ source }) => (source.kind === "norm" ? [source] : []));
  const placed: Placed[] = [];
  for (const [index, { source, start }] of product.factors.entries()) {
    if (source.kind === "constant" || source.kind === "norm") continue;
    const found = place(axes, index, groups);
    if ("reason" in found) return { reason: `"${source.name}" ${found.reason}`, source: source.name };
    const experts = moves(product.sums, index) ? stepsOf(product.sums, index) : [];
    if (source.kind === "choice" && sizeOfSteps(experts) !== sizeOfParts(product.sums))
      return { reason: `the choice by "${source.name}" is not among all experts` };
    placed.push({ name: source.name, isChoice: source.kind === "choice", start, experts, ...found });
  }
  const fault = norms.length === 0 ? undefined : notDemodulated(product, norms, axes);
  if (fault !== undefined) return { reason: fault };
  const constants = product.factors.flatMap(({ source, start }, index) =>
    source.kind === "constant" ? [{ index, source, start }] : [],
  );
  const parts = [...product.sums, ...axes.out, ...axes.in, ...axes.tap];
  return {
    experts: sizeOfParts(product.sums),
    factors: placed,
    constants,
    parts: parts.map(({ size, steps }) => ({ size, steps: constants.map(({ index }) => steps[index]!) })),
    demodulate: norms[0]?.epsilon ?? null,
  };
}

function moves(parts: readonly Part[], factor: number): boolean {
  return parts.some(({ steps }) => steps[factor] !== 0);
}

/** Of one factor, as few as possible. */
function stepsOf(parts: readonly Part[], factor: number): readonly Step[] {
  const own = parts.map(({ size, steps }) => ({ size, steps: [steps[factor]!] }));
  return joinedParts(own).map(({ size, steps }) => ({ size, step: steps[0]! }));
}

export function sizeOfSteps(steps: readonly Step[]): number {
  return steps.reduce((product, { size }) => product * size, 1);
}

/** The axis that a factor is over, and its blocks. */
function place(axes: Axes, factor: number, groups: number): Pick<Placed, "over" | "blocks"> | { reason: string } {
  const over = (Object.keys(AXES) as Over[]).filter((axis) => moves(axes[axis], factor));
  const ofGroups = groupsOf(axes.out, factor, groups);
  if (over.includes("in") && !over.includes("tap") && ofGroups !== undefined)
    return { over: "in", blocks: withoutRepeats([...ofGroups, ...stepsOf(axes.in, factor)]) };
  if (over.length > 1) {
    const rule =
      over.length === 3
        ? "as if the kernels of the experts were not constant"
        : "but a factor of a mixture may weigh only one axis";
    return { reason: `weighs ${over.map((axis) => AXES[axis]).join(" and ")} at once, ${rule}` };
  }
  const [axis = "out"] = over;
  return { over: axis, blocks: withoutRepeats(stepsOf(axes[axis], factor)) };
}

/** How a factor moves from group to group of output channels; undefined where it also moves within one. */
function groupsOf(out: readonly Part[], factor: number, groups: number): readonly Step[] | undefined {
  const own = out.map(({ size, steps }) => ({ size, steps: [steps[factor]!] }));
  if (!moves(own, 0)) return groups === 1 ? [] : [{ size: groups, step: 0 }];
  const perGroup = sizeOfParts(out) / groups;
  const ending = stepsOf(own, 0).at(-1)!;
  if (ending.step !== 0 || ending.size % perGroup !== 0) return undefined;
  const [ofGroups] = cutParts(own, [groups, perGroup]);
  return stepsOf(ofGroups!, 0);
}

/** Without the parts at the end along which it stands still: it has that many blocks less. */
function withoutRepeats(steps: readonly Step[]): readonly Step[] {
  const last = steps.findLastIndex(({ step }) => step !== 0);
  return steps.slice(0, last + 1);
}

/** Why a product with norms is not one that is divided by its own norm over input channels and taps. */
function notDemodulated(product: Product, norms: readonly NormSource[], axes: Axes): string | undefined {
  const [norm, ...others] = norms;
  if (norm === undefined || others.length > 0) return "it is divided by several norms";
  if (norm.power !== -0.5) return "a norm is multiplied into it instead of dividing it";
  const index = product.factors.findIndex(({ source }) => source === norm);
  const over = (Object.keys(AXES) as Over[]).filter((axis) => moves(axes[axis], index));
  const out = sizeOfParts(axes.out);
  if (moves(product.sums, index)) return "its demodulation is not computed from the sum over its experts";
  if (over.some((axis) => axis !== "out"))
    return `its demodulation has one value for each of ${over.map((axis) => AXES[axis]).join(" and ")}; a mixture has one per output channel`;
  const steps = stepsOf(axes.out, index);
  const isOfRows = out === 1 ? steps.length === 0 : steps.length === 1 && steps[0]!.step === 1;
  const { axes: summed, of } = norm;
  const left = of.axes.flatMap((_, axis) => (summed.includes(axis) ? [] : [axis]));
  const shape = shapeOfProduct(of);
  const rows = left.reduce((size, axis) => size * shape[axis]!, 1);
  const row = summed.reduce((size, axis) => size * shape[axis]!, 1);
  if (!isOfRows || product.factors[index]!.start !== 0 || rows !== out)
    return "its demodulation does not have one value per output channel";
  if (rows * row !== sizeOfParts(product.axes.flat()))
    return "its demodulation is computed from other values than the kernel";
  const rest = without(product, index);
  const own = transposed(of, [...left, ...[...summed].sort((a, b) => a - b)]);
  return sameView(regrouped(own, [rows, row]), regrouped(rest, [rows, row]))
    ? undefined
    : "its demodulation is computed from other values than the kernel";
}

function without(product: Product, factor: number): Product {
  const less = ({ size, steps }: Part): Part => ({ size, steps: steps.toSpliced(factor, 1) });
  return {
    axes: product.axes.map((parts) => parts.map(less)),
    sums: product.sums.map(less),
    factors: product.factors.toSpliced(factor, 1),
  };
}

/** Whether two products of the same shape have the same factors in the same order, each at the same elements. */
function sameView(a: Product, b: Product): boolean {
  const text = ({ axes, sums }: Product): string =>
    JSON.stringify([...axes, sums].map((parts) => joinedParts(parts).map(({ size, steps }) => [size, ...steps])));
  const sameFactor = (factor: Factor, other: Factor | undefined): boolean =>
    other !== undefined && factor.start === other.start && sameSource(factor, other);
  return (
    a.factors.length === b.factors.length &&
    a.factors.every((factor, index) => sameFactor(factor, b.factors[index])) &&
    text(a) === text(b)
  );
}

function sameSource({ source: a }: Factor, { source: b }: Factor): boolean {
  if (a.kind === "constant") return b.kind === "constant" && a.tensor === b.tensor && a.inverse === b.inverse;
  if (a.kind === "norm" || b.kind === "norm" || b.kind === "constant") return a === b;
  return a.kind === b.kind && a.name === b.name;
}
