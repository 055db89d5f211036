/** A raised kernel as IR. */
import type { MixConvAttributes } from "../../../ir/ops/mixture.js";
import type { PickAttributes } from "../../../ir/ops/pick.js";
import type { Window } from "../../../ir/ops/windows.js";
import { inputOf, pictureOf } from "../operands.js";
import { windowOf } from "../operators/window.js";
import type { NodeWriter, SourceNode } from "../reading.js";
import { sizeOfSteps } from "./normal-form.js";
import type { RaisedFactor, RaisedKernel } from "./raise-kernel.js";

export function mixConvAttributes(raised: RaisedKernel, window: Window): MixConvAttributes {
  const { experts, out, groups, factors, bias, demodulate } = raised;
  return {
    ...window,
    groups,
    experts,
    out,
    factors: factors.map(({ over, on }) => ({ over, on })),
    bias: bias?.kind ?? "none",
    demodulate,
  };
}

export function emitMixConv(raised: RaisedKernel, source: SourceNode, write: NodeWriter): void {
  const x = pictureOf(source, 0);
  const inputs = [
    inputOf(source, 0),
    write.constant("bank", raised.bank),
    ...(raised.bias ? [write.constant("bias_bank", raised.bias.tensor)] : []),
    ...raised.factors.map((factor, index) => emitFactor(factor, `factor${index}`, write)),
  ];
  write.node("mix_conv", inputs, mixConvAttributes(raised, windowOf(source, raised.kernel, x)), { output: 0 });
}

/** α [N, experts or 1, blocks]. */
function emitFactor(factor: RaisedFactor, step: string, write: NodeWriter): string {
  const { name, isChoice, experts, blocks } = factor;
  const picked = factor.isWhole ? name : write.node("pick", [name], picksOf(factor), { step: `${step}/elements` });
  const shape = [sizeOfSteps(experts), sizeOfSteps(blocks)];
  const value = write.node("reshape", [picked], { shape }, { step: isChoice ? `${step}/scores` : step });
  return isChoice ? write.node("one_hot", [value], {}, { step }) : value;
}

/** The elements of a sample that a factor has, experts first. */
export function picksOf({ start, experts, blocks }: RaisedFactor): PickAttributes {
  const all = [...experts, ...blocks];
  return { start, sizes: all.map(({ size }) => size), steps: all.map(({ step }) => step) };
}
