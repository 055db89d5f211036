import { dense } from "./dense-tensor.js";
import { inPlace, operator, RuleError, staticDim } from "./operator.js";

/** x + b[c]. Inputs: x [N,C,H,W], b [C]. */
export const channelBias = operator<Readonly<Record<string, never>>>({
  reach: inPlace,
  infer(_, [x, bias]) {
    if (bias![0] !== staticDim("the number of channels", x!, 1))
      throw new RuleError("the bias does not fit the channels");
    return x!;
  },
  evaluate(_, [x, bias]) {
    const [, channels, height, width] = x!.shape as [number, number, number, number];
    return dense(
      x!.shape,
      x!.data.map((value, i) => value + bias!.data[Math.floor(i / (height * width)) % channels]!),
    );
  },
});
