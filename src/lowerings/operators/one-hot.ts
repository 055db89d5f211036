import type { Dim } from "../../ir/dim.js";
import type { LowerSite, OperatorEmitter } from "../site.js";
import { TARGET_PROFILES } from "../targets.js";

export const oneHot: OperatorEmitter<"one_hot"> = (_, site) => {
  const { wideIntegers } = TARGET_PROFILES[site.e.options.target];
  const scores = site.logits(0) ?? site.read(0);
  const equal = wideIntegers ? emitByIndex(site, scores) : emitByRank(site, scores);
  site.result("Cast", [equal], { to: ONNX_FLOAT });
};

/** Whether each expert is the one of the largest score, by its index. */
function emitByIndex({ e, name, shape }: LowerSite, scores: string): string {
  const [batch, experts, cardinals] = shape as [Dim, number, number];
  const one = [batch, 1, cardinals];
  const winner = e.op("ArgMax", `${name}/winner`, [scores], one, { axis: 1, keepdims: 1 }, "INT64");
  const index = e.op("Cast", `${name}/winner_index`, [winner], one, { to: ONNX_FLOAT });
  const all = e.floats([...Array(experts).keys()], [1, experts, 1]);
  return e.op("Equal", `${name}/is_winner`, [index, all], shape, {}, "BOOL");
}

/** The same without integers: of the experts with the largest score, the one with the highest rank, which is the first. */
function emitByRank({ e, name, shape }: LowerSite, scores: string): string {
  const [batch, experts, cardinals] = shape as [Dim, number, number];
  const one = [batch, 1, cardinals];
  const largest = e.reduce("ReduceMax", `${name}/largest`, scores, [1], true, one);
  const isLargest = e.op("Equal", `${name}/is_largest`, [scores, largest], shape, {}, "BOOL");
  const ranks = e.floats(
    Array.from({ length: experts }, (_, expert) => experts - expert),
    [1, experts, 1],
  );
  const candidates = e.op("Cast", `${name}/candidates`, [isLargest], shape, { to: ONNX_FLOAT });
  const ranked = e.op("Mul", `${name}/ranked`, [candidates, ranks], shape);
  const first = e.reduce("ReduceMax", `${name}/first`, ranked, [1], true, one);
  return e.op("Equal", `${name}/is_winner`, [ranked, first], shape, {}, "BOOL");
}

/** `TensorProto.FLOAT`, as Cast names its target. */
const ONNX_FLOAT = 1;
