import { activate } from "./activations.js";
import { type DenseTensor, dense } from "./dense-tensor.js";
import { operator, RuleError, staticDim } from "./operator.js";
import { prelu } from "./prelu.js";
import type { Normaliser, RouteAttributes } from "./router.js";

export const route = operator<RouteAttributes>({
  routes: true,
  readsMean: true,
  // A softmax of a mean over a whole feature map.
  exact: true,
  infer(attributes, [x, ...tensors]) {
    if (x!.length !== 4 && x!.length !== 2)
      throw new RuleError(`a router reads [N,C,H,W] or [N,C], not ${x!.length} dimensions`);
    let width = staticDim("the number of channels that a router reads", x!, 1);
    let next = 0;
    for (const stage of attributes.stages) {
      if (stage.kind === "activation") continue;
      const tensor = tensors[next++]!;
      if (stage.kind === "scale_shift") {
        const shift = tensors[next++]!;
        if (tensor[0] !== width || shift[0] !== width)
          throw new RuleError(`a router's normalisation has ${String(tensor[0])} channels, its input ${width}`);
        continue;
      }
      if (stage.kind === "prelu") {
        if (tensor[0] !== width && tensor[0] !== 1)
          throw new RuleError(`a router's PReLU has ${String(tensor[0])} slopes, its input ${width} values`);
        continue;
      }
      if (tensor[1] !== width)
        throw new RuleError(`a router's linear layer reads ${String(tensor[1])} values, its input has ${width}`);
      width = staticDim("a router's width", tensor, 0);
      if (stage.bias && tensors[next++]![0] !== width)
        throw new RuleError(`a router's bias does not have ${width} values`);
    }
    if (width !== attributes.experts * attributes.cardinals) {
      throw new RuleError(
        `a router gives ${width} values, not ${attributes.experts} experts x ${attributes.cardinals} cardinals`,
      );
    }
    return [x![0]!, attributes.experts, attributes.cardinals];
  },
  evaluate(attributes, [x, ...tensors]) {
    let value = x!.shape.length === 4 ? meanOverSpace(x!) : x!;
    let next = 0;
    for (const stage of attributes.stages) {
      if (stage.kind === "activation") {
        value = { shape: value.shape, data: value.data.map((v) => activate(stage.activation, v)) };
      } else if (stage.kind === "scale_shift") {
        value = scaleShift(value, tensors[next++]!, tensors[next++]!);
      } else if (stage.kind === "prelu") {
        value = prelu.evaluate({}, [value, tensors[next++]!]);
      } else {
        value = linear(value, tensors[next++]!, stage.bias ? tensors[next++]! : undefined);
      }
    }
    return normalise(attributes, value);
  },
  macs(_, [, ...tensors], output) {
    const weights = tensors.reduce(
      (sum, tensor) => (tensor.length === 2 ? sum + (tensor[0] as number) * (tensor[1] as number) : sum),
      0,
    );
    return (output[0] as number) * weights;
  },
});

/** Mean over height and width: [N,C,H,W] → [N,C]. */
export function meanOverSpace(x: DenseTensor): DenseTensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const size = height * width;
  const y = dense([batch, channels]);
  for (let i = 0; i < y.data.length; i++) {
    let sum = 0;
    for (let p = 0; p < size; p++) sum += x.data[i * size + p]!;
    y.data[i] = sum / size;
  }
  return y;
}

/** x [N,C] · weightᵀ [R,C] + bias [R]. */
export function linear(x: DenseTensor, weight: DenseTensor, bias: DenseTensor | undefined): DenseTensor {
  const [batch, columns] = x.shape as [number, number];
  const rows = weight.shape[0]!;
  const y = dense([batch, rows]);
  for (let n = 0; n < batch; n++) {
    for (let r = 0; r < rows; r++) {
      let sum = bias ? bias.data[r]! : 0;
      for (let c = 0; c < columns; c++) sum += x.data[n * columns + c]! * weight.data[r * columns + c]!;
      y.data[n * rows + r] = sum;
    }
  }
  return y;
}

function scaleShift(x: DenseTensor, scale: DenseTensor, shift: DenseTensor): DenseTensor {
  const columns = x.shape[1]!;
  return {
    shape: x.shape,
    data: x.data.map((value, i) => value * scale.data[i % columns]! + shift.data[i % columns]!),
  };
}

function normalise(
  { experts, cardinals, temperature, normalise: kind }: RouteAttributes,
  logits: DenseTensor,
): DenseTensor {
  const batch = logits.shape[0]!;
  const beta = dense([batch, experts, cardinals]);
  for (let n = 0; n < batch; n++) {
    for (let d = 0; d < cardinals; d++) {
      const column = Array.from(
        { length: experts },
        (_, e) => logits.data[(n * experts + e) * cardinals + d]! / temperature,
      );
      NORMALISERS[kind](column).forEach((value, e) => {
        beta.data[(n * experts + e) * cardinals + d] = value;
      });
    }
  }
  return beta;
}

const NORMALISERS: Readonly<Record<Normaliser, (logits: readonly number[]) => readonly number[]>> = {
  softmax(logits) {
    const largest = Math.max(...logits);
    const exponentials = logits.map((z) => Math.exp(z - largest));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    return exponentials.map((value) => value / sum);
  },
  sigmoid: (logits) => logits.map((z) => 1 / (1 + Math.exp(-z))),
  identity: (logits) => logits,
};
