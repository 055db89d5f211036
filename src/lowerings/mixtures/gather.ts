import type { Shape } from "../../ir/dim.js";
import { bankSizes, mixConvInputs } from "../../ir/ops/mixture.js";
import { permuted, reshaped } from "../../tensors/derived.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { LowerSite } from "../site.js";
import { TARGET_PROFILES, TARGETS } from "../targets.js";
import { windowAttributes } from "../window-attributes.js";
import type { Lowering } from "./lowering.js";

/** The kernel of the one chosen expert read out of the bank by Gather: a hard choice mixes nothing. */
export const gather: Lowering = {
  name: "gather",
  description: "reads the chosen expert's kernel (hard routing, batch 1)",
  targets: TARGETS.filter((target) => TARGET_PROFILES[target].wideIntegers),
  refuses: ({ attributes, x, target, oneHot }) => {
    if (!TARGET_PROFILES[target].wideIntegers)
      return "its indices are 64-bit integers, which this provider moves to the CPU";
    if (!oneHot) return "its β is not a hard choice";
    const { factors, bias, demodulate } = attributes;
    const whole =
      factors[0]!.over === "out" && factors[0]!.on !== "bias" && (factors[0]!.on === "both" || bias !== "bank");
    if (factors.length !== 1 || !whole || demodulate !== null)
      return "its β does not choose whole rows of the kernel and the bias";
    return x[0] === 1 ? undefined : "it needs a batch of 1";
  },
  emit(attributes, site) {
    const { e, name } = site;
    const channels = site.inputShapes[0]![1] as number;
    const { experts, out, perGroup, taps } = bankSizes(attributes, channels);
    const inputs = mixConvInputs(
      attributes,
      site.inputNames.map((_, index) => index),
    );
    const beta = inputs.factors[0]!;
    const blocks = site.inputShapes[beta]![2] as number;
    const rows = rowIndices(site, beta, experts, blocks);
    const pick = (index: number, row: number, label: string, shape: Shape): string => {
      const size = (out / blocks) * row;
      const bank = e.weight(
        `${site.inputNames[index]}/by_block`,
        byBlock(site.constant(index)!, experts, blocks, size),
      );
      const picked = e.op("Gather", `${label}/picked`, [bank, rows], [blocks, size], { axis: 0 });
      return e.reshape(label, picked, [blocks, size], shape);
    };
    const kernel = pick(inputs.bank, perGroup * taps, `${name}/kernel`, [out, perGroup, ...attributes.kernel]);
    const bias = {
      none: () => [],
      plain: () => [site.read(inputs.bias!)],
      bank: () => [pick(inputs.bias!, 1, `${name}/bias`, [out])],
    }[attributes.bias]();
    site.result("Conv", [site.read(0), kernel, ...bias], { ...windowAttributes(attributes), group: attributes.groups });
  },
};

/** The bank's rows as [d·k, (O/d)·row], so that block d of expert e is row d·k + e. */
function byBlock(bank: LazyTensor, experts: number, blocks: number, size: number): LazyTensor {
  return reshaped(permuted(reshaped(bank, [experts, blocks, size]), [1, 0, 2]), [blocks * experts, size]);
}

/** For each block, the row of its chosen expert. */
function rowIndices(site: LowerSite, beta: number, experts: number, blocks: number): string {
  const { e, name } = site;
  const winner = e.op("ArgMax", `${name}/expert`, [site.read(beta)], [1, blocks], { axis: 1, keepdims: 0 }, "INT64");
  const flat = e.op("Reshape", `${name}/expert_of_block`, [winner, e.ints([blocks])], [blocks], {}, "INT64");
  if (blocks === 1) return flat;
  const offsets = e.ints(Array.from({ length: blocks }, (_, d) => d * experts));
  return e.op("Add", `${name}/row_of_block`, [flat, offsets], [blocks], {}, "INT64");
}
