import { operator, requireRank } from "./operator.js";
import { meanOverSpace } from "./route.js";

/** Mean over height and width: [N,C,H,W] → [N,C,1,1], or [N,C] when `flat`. */
export interface GlobalPoolAttributes {
  readonly flat: boolean;
}

export const globalPool = operator<GlobalPoolAttributes>({
  readsMean: true,
  infer({ flat }, [x]) {
    requireRank("the input of a global pool", x!, 4);
    return flat ? [x![0]!, x![1]!] : [x![0]!, x![1]!, 1, 1];
  },
  evaluate({ flat }, [x]) {
    const mean = meanOverSpace(x!);
    return flat ? mean : { shape: [...mean.shape, 1, 1], data: mean.data };
  },
});
