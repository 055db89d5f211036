import { dense } from "./dense-tensor.js";
import { operator, requireRank } from "./operator.js";

/** The hard choice: 1 for the expert of the largest weight, the first of equals, 0 for the others. Inputs: β [N,k,d]. */
export const oneHot = operator<Readonly<Record<string, never>>>({
  routes: true,
  choosesOne: true,
  // Rounded weights would be equal where the network's are not.
  exact: true,
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
});
