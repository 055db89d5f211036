import { dense } from "./dense-tensor.js";
import { operator, requireRank } from "./operator.js";

/** The hard choice: 1 for the expert of the largest weight, the first of equals, 0 for the others. Inputs: β [N,k,d]. */
export const oneHot = operator<Readonly<Record<string, never>>>({
  infer(_, [beta]) {
    requireRank("β", beta!, 3);
    return beta!;
  },
  evaluate(_, [beta]) {
    const [batch, experts, cardinals] = beta!.shape as [number, number, number];
    const y = dense(beta!.shape);
    for (let n = 0; n < batch; n++) {
      for (let d = 0; d < cardinals; d++) {
        const at = (e: number): number => (n * experts + e) * cardinals + d;
        let winner = 0;
        for (let e = 1; e < experts; e++) if (beta!.data[at(e)]! > beta!.data[at(winner)]!) winner = e;
        y.data[at(winner)] = 1;
      }
    }
    return y;
  },
  lower(_, site) {
    const { e, name, shape } = site;
    const [batch, experts, cardinals] = shape as [(typeof shape)[number], number, number];
    const winner = e.op(
      "ArgMax",
      `${name}/winner`,
      [site.logits(0) ?? site.read(0)],
      [batch, 1, cardinals],
      { axis: 1, keepdims: 1 },
      "INT64",
    );
    const index = e.op("Cast", `${name}/winner_index`, [winner], [batch, 1, cardinals], { to: ONNX_FLOAT });
    const all = e.floats([...Array(experts).keys()], [1, experts, 1]);
    const equal = e.op("Equal", `${name}/is_winner`, [index, all], shape, {}, "BOOL");
    site.result("Cast", [equal], { to: ONNX_FLOAT });
  },
});

/** `TensorProto.FLOAT`, as Cast names its target. */
const ONNX_FLOAT = 1;
