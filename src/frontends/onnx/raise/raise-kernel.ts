/** A convolution whose kernel is computed as a mixed convolution. */
import type { Factor } from "../../../ir/ops/mixture.js";
import type { Pair } from "../../../ir/ops/windows.js";
import { elementCount, type LazyTensor } from "../../../tensors/tensor.js";
import { intOf } from "../attributes.js";
import { NotRead, type SourceNode } from "../reading.js";
import { bankTensor } from "./bank.js";
import { Execution, type GraphFacts, isSum } from "./execute.js";
import { type NoForm, type NormalForm, normalForm, type Placed, sizeOfSteps } from "./normal-form.js";
import { type Product, shapeOfProduct } from "./product.js";

export interface RaisedFactor extends Placed {
  /** Whether it has all elements of a sample, in their order. */
  readonly isWhole: boolean;
  readonly on: Factor["on"];
}

export interface RaisedKernel {
  readonly experts: number;
  readonly out: number;
  readonly groups: number;
  readonly perGroup: number;
  readonly kernel: Pair;
  readonly factors: readonly RaisedFactor[];
  /** [experts, out, perGroup, kh, kw]. */
  readonly bank: LazyTensor;
  readonly bias: RaisedBias | undefined;
  /** ε, or null. */
  readonly demodulate: number | null;
}

export interface RaisedBias {
  readonly kind: "plain" | "bank";
  /** [out], or [experts, out]. */
  readonly tensor: LazyTensor;
}

/** @throws NotRead where the kernel, or the bias, is no mixture: with the reason */
export function raiseKernel(conv: SourceNode, facts: GraphFacts): RaisedKernel {
  if (conv.node.op_type !== "Conv") throw new NotRead("its kernel is not constant, and it is a transposed convolution");
  const groups = intOf(conv.node, "group", 1);
  const found = followed(facts, conv.input(1)!, 4, (product) => normalForm(product, groups), true);
  const [out, perGroup, ...kernel] = shapeOfProduct(found.product) as [number, number, number, number];
  if (groups < 1 || out % groups !== 0) throw new NotRead(`its ${out} kernels do not divide into ${groups} groups`);
  const { form } = found;
  const bias = conv.input(2) === undefined ? undefined : raiseBias(facts, conv.input(2)!, form, out);
  const bank = bankTensor(form, [form.experts, out, perGroup, ...kernel]);
  if (bank === undefined) throw new NotRead("the kernels of its experts are too large to reorder");
  const onBoth = new Set(bias?.onBoth);
  return {
    experts: form.experts,
    out,
    groups,
    perGroup,
    kernel,
    factors: [
      ...form.factors.map((factor, index) => asFactor(facts, factor, onBoth.has(index) ? "both" : "kernel")),
      ...(bias?.own ?? []).map((factor) => asFactor(facts, factor, "bias")),
    ],
    bank,
    bias,
    demodulate: form.demodulate,
  };
}

function asFactor(facts: GraphFacts, factor: Placed, on: RaisedFactor["on"]): RaisedFactor {
  const [batch, ...sample] = facts.shape(factor.name) ?? [];
  if (batch !== 1) throw new NotRead(`"${factor.name}" has no batch axis`);
  const steps = [...factor.experts, ...factor.blocks];
  const isEven = steps.every(({ step }, index) => step === sizeOfSteps(steps.slice(index + 1)));
  return { ...factor, on, isWhole: factor.start === 0 && isEven && sizeOfSteps(steps) === elementCount(sample) };
}

interface Followed {
  readonly product: Product;
  readonly form: NormalForm;
}

/** Follows a value to what it is made of, and opens the sums that are no factors by themselves. */
function followed(
  facts: GraphFacts,
  name: string,
  rank: number,
  formOf: (product: Product) => NormalForm | NoForm,
  needsBank: boolean,
): Followed {
  const opened = new Set<string>();
  let withoutBank: Followed | undefined;
  for (;;) {
    const product = productOf(new Execution(facts, (value) => opened.has(value)), name, rank);
    const form = formOf(product);
    const sources = "reason" in form ? [form.source ?? ""] : needsBank ? sourcesWithoutBank(form) : [];
    const next = sources.find((source) => !opened.has(source) && isSum(facts, source));
    if (next === undefined) {
      if (!("reason" in form)) return { product, form };
      if (withoutBank !== undefined) return withoutBank;
      throw new NotRead(form.reason);
    }
    if (!("reason" in form)) withoutBank ??= { product, form };
    opened.add(next);
  }
}

/** A kernel of few elements may be a factor as a whole: its bank is in the sum that gives it. */
function sourcesWithoutBank({ constants, factors }: NormalForm): readonly string[] {
  return constants.length > 0 ? [] : factors.map(({ name }) => name);
}

function productOf(execution: Execution, name: string, rank: number): Product {
  const { is, product } = execution.value(name);
  if (is !== "product") throw new NotRead(`"${name}" is a ${is}`);
  if (product.axes.length !== rank) throw new NotRead(`"${name}" has ${product.axes.length} dimensions, not ${rank}`);
  return product;
}

interface FoundBias extends RaisedBias {
  /** The kernel's factors that weigh the bias too, by position. */
  readonly onBoth: readonly number[];
  readonly own: readonly Placed[];
}

/** A bias that the kernel's factors weigh, else one that a value of its own gives. */
function raiseBias(facts: GraphFacts, name: string, kernel: NormalForm, out: number): FoundBias {
  const opened = normalForm(productOf(new Execution(facts, () => true), name, 1), 1);
  const shared = "reason" in opened ? undefined : biasOf(opened, kernel, out);
  if (shared !== undefined && shared.own.length === 0) return shared;
  const { form } = followed(facts, name, 1, (product) => normalForm(product, 1), false);
  const own = biasOf(form, kernel, out);
  if (own === undefined)
    throw new NotRead(`its bias is mixed from ${form.experts} experts, but its kernel from ${kernel.experts}`);
  return own;
}

/** Undefined where the bias is mixed of another number of experts. */
function biasOf(form: NormalForm, kernel: NormalForm, out: number): FoundBias | undefined {
  const { experts } = kernel;
  if (form.demodulate !== null) throw new NotRead("its bias is demodulated");
  if (form.experts !== 1 && form.experts !== experts) return undefined;
  const rows = bankTensor(form, [form.experts, out])!;
  if (form.factors.length === 0 && form.experts === 1)
    return { kind: "plain", tensor: { ...rows, shape: [out] }, onBoth: [], own: [] };
  const keys = kernel.factors.map(keyOf);
  const onBoth = form.factors.map((factor) => keys.indexOf(keyOf(factor)));
  const own = form.factors.filter((_, index) => onBoth[index]! < 0);
  const tensor = form.experts === experts ? rows : firstOf(rows, experts);
  return { kind: "bank", tensor, onBoth: onBoth.filter((index) => index >= 0), own };
}

/** [1, n] → [experts, n]: what is not mixed counts once. */
function firstOf(rows: LazyTensor, experts: number): LazyTensor {
  const [, size] = rows.shape as [number, number];
  return {
    shape: [experts, size],
    async read() {
      const padded = new Float64Array(experts * size);
      padded.set(await rows.read());
      return padded;
    },
  };
}

/** Equal for factors that have the same value for every expert and output channel. */
function keyOf({ name, isChoice, start, experts, over, blocks }: Placed): string {
  return JSON.stringify([name, isChoice, start, experts, sizeOfSteps(blocks) === 1 ? "" : over, blocks]);
}
