/** The mixture of experts as ONNX operators, shared by every lowering that builds the kernel at run time. */
import type { Shape } from "../../ir/dim.js";
import { bankSizes, type MixConvAttributes, mixConvInputs } from "../../ir/ops/mixture.js";
import { permuted, reshaped, summed } from "../../tensors/derived.js";
import type { GraphEmitter } from "../emitter.js";
import type { LowerSite } from "../site.js";
import { TARGET_PROFILES } from "../targets.js";
import {
  axesOf,
  type Bank,
  type EmittedFactor,
  emitSpread,
  emittedFactors,
  indices,
  repeatEach,
  samplesOf,
  splitShape,
} from "./factors.js";
import { emitWeighedElements, emitWeighedRows, type Rows } from "./weigh-kernel.js";

/** The mixed kernel of every sample, [N, O, C/groups · taps]. */
export function emitMixedKernel(attributes: MixConvAttributes, site: LowerSite): string {
  const { e } = site;
  const { experts, out, perGroup, taps } = bankSizes(attributes, site.inputShapes[0]![1] as number);
  const index = mixConvInputs(attributes, indices(site)).bank;
  const bank: Bank = { name: site.inputNames[index]!, data: site.constant(index)!, experts, out, row: perGroup * taps };
  const label = `${site.name}/kernel`;
  const factors = emittedFactors(attributes, site, "kernel");
  const [onRows, inRow] = [factors.filter(({ over }) => over === "out"), factors.filter(({ over }) => over !== "out")];
  const isShared = (factor: EmittedFactor): boolean => factor.experts === 1;
  const sharedInRow = inRow.filter(isShared);
  const mixed = inRow.every(isShared)
    ? emitMixedRows(e, label, onRows, bank)
    : emitWeighedRows(
        e,
        label,
        emitElements(
          e,
          label,
          factors.filter((factor) => !isShared(factor)),
          bank,
          attributes,
        ),
        onRows.filter(isShared),
        bank,
      );
  const kernel = emitWeighedElements(e, label, mixed, sharedInRow, bank, attributes).value;
  const shape: Shape = [samplesOf(factors), out, bank.row];
  const finished =
    attributes.demodulate === null ? kernel : emitDemodulated(e, label, kernel, shape, attributes.demodulate);
  return emitForEachSample(site, label, finished, shape);
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
  const value = site.e.reshape(label, rows.value, [batch, out, 1], [batch, out]);
  return { value: emitForEachSample(site, label, value, [batch, out]), mixed: true };
}

/**
 * Rows mixed by factors over experts and output blocks: [N,O,row], or [1,O,row] without factors. The factors are
 * multiplied to one table [N,k,d]; a matrix product per block mixes the experts, [N,d,1,k] × [d,k,(O/d)·row]. Where all
 * experts have the same factors, it is the sum of the bank that is weighed. A product of one row fills a tile where devices
 * multiply tiles: there Einsum says the same, element by element.
 */
function emitMixedRows(e: GraphEmitter, label: string, factors: readonly EmittedFactor[], bank: Bank): Rows {
  const { experts, out, row } = bank;
  const batch = samplesOf(factors);
  if (factors.every((factor) => factor.experts === 1)) {
    const sum = experts === 1 ? bank.data : summed(reshaped(bank.data, [experts, out * row]));
    const value = e.weight(`${bank.name}/rows`, reshaped(sum, [1, out, row]));
    return emitWeighedRows(e, label, { value, samples: 1 }, factors, bank);
  }
  const blocks = factors.reduce((least, factor) => commonMultiple(least, factor.blocks), 1);
  const table = emitTable(e, label, factors, blocks);
  const size = (out / blocks) * row;
  if (!TARGET_PROFILES[e.options.target].rowProducts) {
    const rows = e.weight(`${bank.name}/by_expert`, reshaped(bank.data, [experts, blocks, size]));
    const mixed = e.op("Einsum", `${label}/mixed`, [table, rows], [batch, blocks, size], { equation: "nkd,kds->nds" });
    return { value: e.reshape(`${label}/rows`, mixed, [batch, blocks, size], [batch, out, row]), samples: batch };
  }
  const byBlock = e.transpose(`${label}/by_block`, table, [batch, blocks, experts], [0, 2, 1]);
  const left = e.reshape(`${label}/left`, byBlock, [batch, blocks, experts], [batch, blocks, 1, experts]);
  const right = e.weight(`${bank.name}/by_block`, permuted(reshaped(bank.data, [experts, blocks, size]), [1, 0, 2]));
  const mixed = e.op("MatMul", `${label}/mixed`, [left, right], [batch, blocks, 1, size]);
  return { value: e.reshape(`${label}/rows`, mixed, [batch, blocks, 1, size], [batch, out, row]), samples: batch };
}

type Table = Pick<EmittedFactor, "value" | "samples" | "experts" | "blocks">;

/** The product of factors over the output, of which one depends on the experts, as one table [N,k,d]. */
function emitTable(e: GraphEmitter, label: string, factors: readonly EmittedFactor[], blocks: number): string {
  const tables = factors.map((factor, f): Table => {
    if (factor.blocks === 1 || factor.blocks === blocks) return factor;
    const { samples, experts } = factor;
    const inputs = [factor.value, e.ints(repeatEach(factor.blocks, blocks))];
    const shape = [samples, experts, blocks];
    return { value: e.op("Gather", `${label}/factor${f}`, inputs, shape, { axis: 2 }), samples, experts, blocks };
  });
  const product = tables.reduce((a, b, index) => {
    const size = {
      samples: samplesOf([a, b]),
      experts: Math.max(a.experts, b.experts),
      blocks: Math.max(a.blocks, b.blocks),
    };
    const name = `${label}/weights${index === tables.length - 1 ? "" : index}`;
    return { ...size, value: e.op("Mul", name, [a.value, b.value], [size.samples, size.experts, size.blocks]) };
  });
  return product.value;
}

/** The general mixture, element by element: every factor times the bank, summed over experts. */
function emitElements(
  e: GraphEmitter,
  label: string,
  factors: readonly EmittedFactor[],
  bank: Bank,
  attributes: MixConvAttributes,
): Rows {
  const split = splitShape(bank, attributes);
  let value = e.weight(`${bank.name}/elements`, reshaped(bank.data, [1, bank.experts, ...split]));
  factors.forEach((factor, f) => {
    const to = [factor.samples, factor.experts, ...axesOf(factor.over, split)];
    const spread = emitSpread(e, `${label}/element${f}`, factor, to);
    const samples = samplesOf(factors.slice(0, f + 1));
    value = e.op("Mul", `${label}/weighed${f}`, [value, spread], [samples, bank.experts, ...split]);
  });
  const samples = samplesOf(factors);
  const sum = e.reduce("ReduceSum", `${label}/mixed`, value, [1], false, [samples, ...split]);
  return { value: e.reshape(`${label}/rows`, sum, [samples, ...split], [samples, bank.out, bank.row]), samples };
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

function commonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return (a * b) / divisor(a, b);
}
