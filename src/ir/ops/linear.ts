import { operator, RuleError, requireRank } from "./operator.js";
import { linear as product } from "./route.js";

/** x · weightᵀ + bias. Inputs: x [N,C], weight [R,C], optional bias [R]; result [N,R]. */
export const linear = operator<Readonly<Record<string, never>>>({
  infer(_, [x, weight, bias]) {
    requireRank("the input of a linear layer", x!, 2);
    if (weight![1] !== x![1])
      throw new RuleError(`a linear layer reads ${String(weight![1])} values, its input has another number`);
    if (bias && bias[0] !== weight![0]) throw new RuleError("the bias of a linear layer does not fit its rows");
    return [x![0]!, weight![0]!];
  },
  evaluate: (_, [x, weight, bias]) => product(x!, weight!, bias),
  macs: (_, [x, weight]) => (x![0] as number) * (weight![0] as number) * (weight![1] as number),
});
