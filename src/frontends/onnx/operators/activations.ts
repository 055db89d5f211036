import { sameDim } from "../../../ir/dim.js";
import { type Activation, LARGEST_FLOAT32 } from "../../../ir/ops/activations.js";
import { reshaped } from "../../../tensors/derived.js";
import { elementCount } from "../../../tensors/tensor.js";
import { floatOf, hasAttribute, textOf } from "../attributes.js";
import { constantOf, inputOf, optionalNumber, shapeOf } from "../operands.js";
import { NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";

function activation(of: (source: SourceNode) => Activation): OperatorRow {
  return {
    read(source, write) {
      shapeOf(source, 0);
      write.node("activation", [inputOf(source, 0)], of(source), { output: 0 });
    },
  };
}

/** Attributes until opset 10, inputs from 11 on; a bound that is left out is that of float32. */
function clip(source: SourceNode): Activation {
  const { node, opset } = source;
  const asAttribute = (name: string): number | undefined =>
    hasAttribute(node, name) ? floatOf(node, name, 0) : undefined;
  const bounds =
    opset < 11
      ? { min: asAttribute("min"), max: asAttribute("max") }
      : { min: optionalNumber(source, 1, "min"), max: optionalNumber(source, 2, "max") };
  const { min = -LARGEST_FLOAT32, max = LARGEST_FLOAT32 } = bounds;
  return { fn: "clamp", min: Math.max(min, -LARGEST_FLOAT32), max: Math.min(max, LARGEST_FLOAT32) };
}

function gelu({ node }: SourceNode): Activation {
  const approximate = textOf(node, "approximate", "none");
  if (approximate === "none") return { fn: "gelu" };
  if (approximate === "tanh") return { fn: "gelu_tanh" };
  throw new NotRead(`its approximation is "${approximate}"`);
}

/** The slopes are broadcast to x as numpy does, from the last axis on: [C,1,1] is one slope a channel, [W] is not. */
const prelu: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const slope = constantOf(source, 1, "slope");
  const count = elementCount(slope.shape);
  const padding = x.length - slope.shape.length;
  const perChannel = slope.shape.every((size, axis) => size === 1 || (axis + padding === 1 && sameDim(size, x[1]!)));
  if (padding < 0 || !perChannel) throw new NotRead("its slopes are not one for each channel, nor one for all");
  write.node("prelu", [inputOf(source, 0), write.constant("slope", reshaped(slope, [count]))], {}, { output: 0 });
};

export const ACTIVATIONS = {
  Relu: activation(() => ({ fn: "relu" })),
  LeakyRelu: activation(({ node }) => ({ fn: "leaky_relu", slope: floatOf(node, "alpha", Math.fround(0.01)) })),
  PRelu: { read: prelu },
  Sigmoid: activation(() => ({ fn: "sigmoid" })),
  Tanh: activation(() => ({ fn: "tanh" })),
  Elu: activation(({ node }) => ({ fn: "elu", alpha: floatOf(node, "alpha", 1) })),
  HardSigmoid: activation(({ node }) => ({
    fn: "hard_sigmoid",
    alpha: floatOf(node, "alpha", Math.fround(0.2)),
    beta: floatOf(node, "beta", 0.5),
  })),
  HardSwish: activation(() => ({ fn: "hard_swish" })),
  Softplus: activation(() => ({ fn: "softplus" })),
  Mish: activation(() => ({ fn: "mish" })),
  Erf: activation(() => ({ fn: "erf" })),
  Gelu: activation(gelu),
  Clip: activation(clip),
} satisfies Readonly<Record<string, OperatorRow>>;
