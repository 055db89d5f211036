import { bankSizes, factorExtent, mixConvInputs } from "../../ir/ops/mixture.js";
import { permuted, reshaped } from "../../tensors/derived.js";
import { emitConv } from "../emit-conv.js";
import { TARGETS } from "../targets.js";
import { emitFromColumns, pixelsOf } from "./columns.js";
import type { Lowering } from "./lowering.js";

/**
 * Every expert's output by one Conv with constant kernels, weighed by β and summed: k times the work, but any batch, no
 * control flow, and nothing that a runtime must accept besides constant kernels.
 */
export const experts: Lowering = {
  name: "experts",
  description:
    "one Conv with the constant kernels of all experts, whose outputs are weighed and summed (any batch, k times the work)",
  targets: TARGETS,
  refuses: ({ attributes }) => {
    const onKernel = attributes.factors.filter(({ on }) => on !== "bias");
    if (attributes.demodulate !== null) return "demodulation needs the mixed kernel";
    return onKernel.length === 1 && onKernel[0]!.over === "out"
      ? undefined
      : "it needs a single β, over the output channels";
  },
  emit(attributes, site) {
    const { e, name } = site;
    const x = site.inputShapes[0]!;
    const { out, groups } = attributes;
    const { experts: count, perGroup } = bankSizes(attributes, x[1] as number);
    const inputs = mixConvInputs(
      attributes,
      site.inputNames.map((_, index) => index),
    );
    const f = attributes.factors.findIndex(({ on }) => on !== "bias");
    const beta = inputs.factors[f]!;
    const [samples, betaExperts, blocks] = site.inputShapes[beta]! as readonly [(typeof x)[number], number, number];
    const extent = factorExtent(attributes.factors[f]!, attributes, x[1] as number);
    // Groups come first among a Conv's filters, then the experts of each: [g, k, O/g].
    const bank = reshaped(site.constant(inputs.bank)!, [
      count,
      groups,
      (out / groups) * perGroup,
      ...attributes.kernel,
    ]);
    const data = reshaped(permuted(bank, [1, 0, 2, 3, 4]), [count * out, perGroup, ...attributes.kernel]);
    const filters = e.weight(`${site.inputNames[inputs.bank]}/by_group`, data);
    const [batch, , height, width] = site.shape as readonly [(typeof x)[number], number, ...typeof x];
    const wide = [batch, count * out, height!, width!];
    const call = {
      x: site.read(0),
      shape: x,
      kernel: { value: filters, data },
      out: count * out,
      window: attributes,
      groups,
    };
    const all = emitConv(e, `${name}/experts`, call, wide, (op, inputs, parameters) =>
      e.op(op, `${name}/experts`, inputs, wide, parameters),
    );
    // Per output channel: [N, g, k, O/g, H·W] weighed by β as [N or 1, g, k, O/g, 1].
    const pixels = pixelsOf(site.shape);
    const perOutput = repeated(blocks, extent);
    const spread =
      blocks === extent
        ? site.read(beta)
        : e.op("Gather", `${name}/beta`, [site.read(beta), e.ints(perOutput)], [samples, betaExperts, extent], {
            axis: 2,
          });
    const weights = e.reshape(
      `${name}/weights`,
      e.transpose(
        `${name}/by_group`,
        e.reshape(
          `${name}/grouped`,
          spread,
          [samples, betaExperts, extent],
          [samples, betaExperts, groups, out / groups],
        ),
        [samples, groups, betaExperts, out / groups],
        [0, 2, 1, 3],
      ),
      [samples, groups, betaExperts, out / groups],
      [samples, groups, betaExperts, out / groups, 1],
    );
    const split = [batch, groups, count, out / groups, pixels];
    const columns = e.op("Reshape", `${name}/split`, [all, e.ints([0, groups, count, out / groups, -1])], split);
    const weighed = e.op("Mul", `${name}/weighed`, [columns, weights], split);
    const sums = [batch, groups, out / groups, pixels];
    const summed = e.reduce("ReduceSum", `${name}/summed`, weighed, [2], false, sums);
    emitFromColumns(attributes, site, { columns: summed, shape: sums, sized: all, sizedShape: wide });
  },
};

/** For each of `extent` outputs the block that it falls into. */
function repeated(blocks: number, extent: number): number[] {
  return Array.from({ length: extent }, (_, index) => Math.floor((index * blocks) / extent));
}
