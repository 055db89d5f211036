/** The mixture of experts as ONNX operators, shared by every lowering that builds the kernel at run time. */
import type { Dim, Shape } from "../../ir/dim.js";
import { bankSizes, type Factor, factorExtent, type MixConvAttributes, mixConvInputs } from "../../ir/ops/mixture.js";
import { permuted, reshaped, summed } from "../../tensors/derived.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { GraphEmitter } from "../emitter.js";
import type { LowerSite } from "../site.js";

/** A factor whose value has been emitted: [N, experts, blocks]. */
interface EmittedFactor {
  readonly over: Factor["over"];
  readonly value: string;
  /** N, or 1 where all samples share it. */
  readonly samples: Dim;
  readonly experts: number;
  readonly blocks: number;
  readonly extent: number;
}

/** A bank of rows, [experts, out, row]. */
interface Bank {
  readonly name: string;
  readonly data: LazyTensor;
  readonly experts: number;
  readonly out: number;
  readonly row: number;
}

const indices = (site: LowerSite): readonly number[] => site.inputNames.map((_, index) => index);

function emittedFactors(
  attributes: MixConvAttributes,
  site: LowerSite,
  on: "kernel" | "bias",
): readonly EmittedFactor[] {
  const channels = site.inputShapes[0]![1] as number;
  const values = mixConvInputs(attributes, indices(site)).factors;
  return attributes.factors.flatMap((factor, f) => {
    if (factor.on !== on && factor.on !== "both") return [];
    const [samples, experts, blocks] = site.inputShapes[values[f]!]! as readonly [Dim, number, number];
    const extent = factorExtent(factor, attributes, channels);
    return [{ over: factor.over, value: site.read(values[f]!), samples, experts, blocks, extent }];
  });
}

/** The mixed kernel of every sample, [N, O, C/groups · taps]. */
export function emitMixedKernel(attributes: MixConvAttributes, site: LowerSite): string {
  const { e } = site;
  const { experts, out, perGroup, taps } = bankSizes(attributes, site.inputShapes[0]![1] as number);
  const index = mixConvInputs(attributes, indices(site)).bank;
  const bank: Bank = { name: site.inputNames[index]!, data: site.constant(index)!, experts, out, row: perGroup * taps };
  const label = `${site.name}/kernel`;
  const factors = emittedFactors(attributes, site, "kernel");
  const onRows = factors.filter((factor) => factor.over === "out");
  const inRow = factors.filter((factor) => factor.over !== "out");
  const kernel = inRow.every((factor) => factor.experts === 1)
    ? emitWithinRows(e, label, emitMixedRows(e, label, onRows, bank), onRows, inRow, bank, attributes)
    : emitElements(e, label, factors, bank, attributes);
  const shape: Shape = [samplesOf(factors), out, bank.row];
  const finished =
    attributes.demodulate === null ? kernel : emitDemodulated(e, label, kernel, shape, attributes.demodulate);
  return emitForEachSample(site, label, finished, shape);
}

/** The batch of a product of factors: 1 where none belongs to one sample. */
function samplesOf(factors: readonly EmittedFactor[]): Dim {
  return factors.find(({ samples }) => samples !== 1)?.samples ?? 1;
}

/** A value [N or 1, …] of a mixture for each sample of its input, [N, …]. */
function emitForEachSample(site: LowerSite, label: string, value: string, shape: Shape): string {
  const { e } = site;
  const batch = site.inputShapes[0]![0]!;
  const [samples, ...rest] = shape;
  if (samples !== 1 || batch === 1) return value;
  const sizes = rest as readonly number[];
  const target =
    typeof batch === "number"
      ? e.ints([batch, ...sizes])
      : e.op(
          "Concat",
          `${label}/size`,
          [e.op("Shape", `${label}/batch`, [site.read(0)], [1], { start: 0, end: 1 }, "INT64"), e.ints(sizes)],
          [shape.length],
          { axis: 0 },
          "INT64",
        );
  return e.op("Expand", `${label}/for_each_sample`, [value, target], [batch, ...rest]);
}

/** The bias as ONNX value: mixed for every sample [N,O], or plain [O]; undefined without one. */
export function emitBias(
  attributes: MixConvAttributes,
  site: LowerSite,
): { readonly value: string; readonly mixed: boolean } | undefined {
  if (attributes.bias === "none") return undefined;
  if (attributes.bias === "plain") return { value: site.read(2), mixed: false };
  const { experts, out } = attributes;
  const bank: Bank = { name: site.inputNames[2]!, data: site.constant(2)!, experts, out, row: 1 };
  const label = `${site.name}/bias`;
  const factors = emittedFactors(attributes, site, "bias");
  const batch = samplesOf(factors);
  const rows = emitMixedRows(site.e, label, factors, bank);
  const value = site.e.reshape(label, rows, [batch, out, 1], [batch, out]);
  return { value: emitForEachSample(site, label, value, [batch, out]), mixed: true };
}

/**
 * Rows mixed by factors over experts and output blocks: [N,O,row], or [1,O,row] without factors. The factors are
 * multiplied to one table [N,k,d]; a matrix product per block mixes the experts, [N,d,1,k] × [d,k,(O/d)·row].
 */
function emitMixedRows(e: GraphEmitter, label: string, factors: readonly EmittedFactor[], bank: Bank): string {
  const { experts, out, row } = bank;
  const batch = samplesOf(factors);
  if (factors.length === 0) {
    // No factor: Σ_e bank_e.
    const sum = experts === 1 ? bank.data : summed(reshaped(bank.data, [experts, out * row]));
    return e.weight(`${bank.name}/rows`, reshaped(sum, [1, out, row]));
  }
  const blocks = factors.reduce((least, factor) => commonMultiple(least, factor.blocks), 1);
  const table = emitTable(e, label, factors, experts, blocks);
  const byBlock = e.transpose(`${label}/by_block`, table, [batch, blocks, experts], [0, 2, 1]);
  const left = e.reshape(`${label}/left`, byBlock, [batch, blocks, experts], [batch, blocks, 1, experts]);
  const size = (out / blocks) * row;
  const right = e.weight(`${bank.name}/by_block`, permuted(reshaped(bank.data, [experts, blocks, size]), [1, 0, 2]));
  const mixed = e.op("MatMul", `${label}/mixed`, [left, right], [batch, blocks, 1, size]);
  return e.reshape(`${label}/rows`, mixed, [batch, blocks, 1, size], [batch, out, row]);
}

/** The product of factors over the output as one table [N,k,d]. */
function emitTable(
  e: GraphEmitter,
  label: string,
  factors: readonly EmittedFactor[],
  experts: number,
  blocks: number,
): string {
  const tables = factors.map((factor, f) =>
    factor.blocks === 1 || factor.blocks === blocks
      ? factor.value
      : e.op(
          "Gather",
          `${label}/factor${f}`,
          [factor.value, e.ints(repeatEach(factor.blocks, blocks))],
          [factor.samples, factor.experts, blocks],
          {
            axis: 2,
          },
        ),
  );
  const full = factors.some((factor) => factor.experts === experts && factor.blocks === blocks) && factors.length === 1;
  const operands = full
    ? tables
    : [...tables, e.floats(new Array<number>(experts * blocks).fill(1), [1, experts, blocks])];
  return operands.reduce((product, table, index) =>
    e.op(
      "Mul",
      `${label}/weights${index === operands.length - 1 ? "" : index}`,
      [product, table],
      [samplesOf(factors.slice(0, index + 1)), experts, blocks],
    ),
  );
}

/** Rows [N or 1,O,row], which `mixed` weighed already, weighed by factors over input channels and taps too. */
function emitWithinRows(
  e: GraphEmitter,
  label: string,
  rows: string,
  mixed: readonly EmittedFactor[],
  factors: readonly EmittedFactor[],
  bank: Bank,
  attributes: MixConvAttributes,
): string {
  if (factors.length === 0) return rows;
  const split = splitShape(bank, attributes);
  const shapeAfter = (count: number): Shape => [samplesOf([...mixed, ...factors.slice(0, count)]), ...split];
  let value = e.op("Reshape", `${label}/split`, [rows, e.ints([-1, ...split])], shapeAfter(0));
  factors.forEach((factor, f) => {
    const spread = emitSpread(e, `${label}/within${f}`, factor, bank, attributes, [factor.samples]);
    value = e.op("Mul", `${label}/weighed${f}`, [value, spread], shapeAfter(f + 1));
  });
  const whole = shapeAfter(factors.length);
  return e.reshape(`${label}/weighed`, value, whole, [whole[0]!, bank.out, bank.row]);
}

/** The general mixture, element by element: every factor times the bank, summed over experts. */
function emitElements(
  e: GraphEmitter,
  label: string,
  factors: readonly EmittedFactor[],
  bank: Bank,
  attributes: MixConvAttributes,
): string {
  const split = splitShape(bank, attributes);
  let value = e.weight(`${bank.name}/elements`, reshaped(bank.data, [1, bank.experts, ...split]));
  factors.forEach((factor, f) => {
    const spread = emitSpread(e, `${label}/element${f}`, factor, bank, attributes, [factor.samples, factor.experts]);
    const samples = samplesOf(factors.slice(0, f + 1));
    value = e.op("Mul", `${label}/weighed${f}`, [value, spread], [samples, bank.experts, ...split]);
  });
  const batch = samplesOf(factors);
  const sum = e.reduce("ReduceSum", `${label}/mixed`, value, [1], false, [batch, ...split]);
  return e.reshape(`${label}/rows`, sum, [batch, ...split], [batch, bank.out, bank.row]);
}

/** A kernel's elements by group: [groups, O/groups, C/groups, taps]. */
function splitShape(bank: Bank, attributes: MixConvAttributes): readonly [number, number, number, number] {
  const perGroup = bank.row / (attributes.kernel[0] * attributes.kernel[1]);
  return [attributes.groups, bank.out / attributes.groups, perGroup, bank.row / perGroup];
}

/** A factor [N,experts,blocks] laid out to be multiplied with `[...lead, groups, O/groups, C/groups, taps]`. */
function emitSpread(
  e: GraphEmitter,
  label: string,
  factor: EmittedFactor,
  bank: Bank,
  attributes: MixConvAttributes,
  lead: Shape,
): string {
  const [groups, outs, ins, taps] = splitShape(bank, attributes);
  const axes: Readonly<Record<Factor["over"], readonly number[]>> = {
    out: [groups, outs, 1, 1],
    in: [groups, 1, ins, 1],
    tap: [1, 1, 1, taps],
  };
  const from = [lead[0]!, factor.experts, factor.extent];
  const whole =
    factor.blocks === factor.extent
      ? factor.value
      : e.op("Gather", `${label}/repeated`, [factor.value, e.ints(repeatEach(factor.blocks, factor.extent))], from, {
          axis: 2,
        });
  return e.reshape(label, whole, from, [...lead, ...axes[factor.over]]);
}

/** StyleGAN2's demodulation (Karras et al. 2020, eq. 3): each row divided by √(Σ w² + ε). */
function emitDemodulated(e: GraphEmitter, name: string, kernel: string, shape: Shape, epsilon: number): string {
  const row: Shape = [shape[0]!, shape[1]!, 1];
  const label = `${name}/norms/`;
  const norms = e.exactly(() => {
    const squares = e.op("Mul", `${label}squares`, [kernel, kernel], shape);
    const sums = e.reduce("ReduceSum", `${label}sums`, squares, [2], true, row);
    const raised = e.op("Add", `${label}raised`, [sums, e.floats([epsilon], [])], row);
    return e.op("Sqrt", `${label}root`, [raised], row);
  });
  return e.op("Div", `${name}/demodulated`, [kernel, norms], shape);
}

/** For each of `count` elements, the index of the block, of `blocks`, that it falls into. */
function repeatEach(blocks: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor((index * blocks) / count));
}

function commonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return (a * b) / divisor(a, b);
}
