import { operator, RuleError } from "./operator.js";

/**
 * β [N,k,1] as [N,1,k]: the weights of k experts become those of k blocks of channels. The exact two-layer block
 * weighs the hidden channels of each expert that way.
 */
export const swapExperts = operator<Readonly<Record<string, never>>>({
  infer(_, [beta]) {
    if (beta!.length !== 3 || beta![2] !== 1)
      throw new RuleError("only a β with one cardinal can weigh blocks of channels");
    return [beta![0]!, 1, beta![1]!];
  },
  evaluate(_, [beta]) {
    const [batch, experts] = beta!.shape as [number, number, number];
    return { shape: [batch, 1, experts], data: beta!.data };
  },
});
