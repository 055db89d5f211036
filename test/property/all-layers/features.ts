/** What the random models are to hold besides every kind of layer, so that a change of the generator cannot lose it. */
import type { Layer } from "./draft.js";
import type { RandomModel } from "./model.js";

type Of<Op extends Layer["op"]> = Extract<Layer, { readonly op: Op }>;

/** Whether a model has a layer of a kind with a property. */
function some<Op extends Layer["op"]>(
  op: Op,
  holds: (layer: Of<Op>, model: RandomModel) => boolean,
): (model: RandomModel) => boolean {
  return (model) => model.document.layers.some((layer) => layer.op === op && holds(layer as Of<Op>, model));
}

const readers = ({ document }: RandomModel, name: string): number =>
  document.layers.filter((layer) => JSON.stringify(layer).includes(`:"${name}"`) && layer.name !== name).length;

const linears = ({ mlp }: Of<"route">): number =>
  mlp.filter((stage) => stage === "linear" || (typeof stage === "object" && stage.op === "linear")).length;

const isNormed = ({ mlp }: Of<"route">): boolean =>
  mlp.some((stage) => stage === "batch_norm" || (typeof stage === "object" && stage.op === "batch_norm"));

const over = (axis: string) =>
  some("mix_conv", ({ factors = [] }) => factors.some((factor) => (factor.over ?? "out") === axis));

const on = (part: string) => some("mix_conv", ({ factors = [] }) => factors.some((factor) => factor.on === part));

const side = (kernel: number | readonly [number, number]): number => (typeof kernel === "number" ? kernel : kernel[0]);

export const FEATURES: Readonly<Record<string, (model: RandomModel) => boolean>> = {
  "a batch of three": ({ inputs }) => inputs.x![0] === 3,
  "a burst": ({ inputs }) => inputs.x!.length === 5,
  "a picture of one row": ({ inputs }) => inputs.x!.at(-2) === 1,
  "fixed sizes": ({ document }) => typeof document.inputs[0]!.shape.at(-1) === "number",
  "several outputs": ({ document }) => document.outputs.length > 1,
  "twelve layers": ({ document }) => document.layers.length >= 12,
  "a β from outside": ({ document }) => document.inputs.length > 1,
  "a β from outside that all samples share": ({ document }) =>
    document.inputs.some(({ shape }, i) => i > 0 && shape[0] === 1),
  "a router without linear layers": some("route", (layer) => linears(layer) === 0),
  "a router of three linear layers": some("route", (layer) => linears(layer) === 3),
  "a router with BatchNorm": some("route", isNormed),
  "a router on a vector": some("route", (layer, { document }) =>
    document.layers.some(({ name, op }) => name === layer.in && (op === "linear" || op === "global_pool")),
  ),
  "a shared router": some("route", ({ name }, model) => readers(model, name) > 1),
  "a hard router": some("route", ({ normalise }) => normalise === "argmax"),
  "a root of β": some("route", ({ power }) => power === 0.5),
  "a temperature": some("route", ({ temperature }) => temperature === 34),
  "factors over output channels": over("out"),
  "factors over input channels": over("in"),
  "factors over taps": over("tap"),
  "factors on the kernel": on("kernel"),
  "factors on the bias": on("bias"),
  "three factors": some("mix_conv", ({ factors = [] }) => factors.length === 3),
  "a plain bias": some("mix_conv", ({ bias }) => bias === "plain"),
  demodulation: some("mix_conv", ({ demodulate }) => demodulate !== undefined),
  "a grouped mixture": some("mix_conv", ({ groups = 1 }) => groups > 1),
  "a depthwise convolution": some(
    "conv",
    ({ weights, groups = 1 }, { tensors }) => groups > 1 && tensors[weights!.weight!]![1] === 1,
  ),
  "a strided mixture": some("mix_conv", ({ stride = 1 }) => side(stride) > 1),
  "a dilated mixture": some("mix_conv", ({ dilation = 1 }) => side(dilation) > 1),
  "a 1x1 mixture": some("mix_conv", ({ kernel }) => side(kernel) === 1),
  "a 7x7 mixture": some("mix_conv", ({ kernel }) => side(kernel) === 7),
  "a dense block": some("sparse_block", ({ mode }) => mode === "dense"),
  "an exact block": some("sparse_block", ({ mode }) => mode === "exact"),
  "a hard block": some("sparse_block", ({ mode }) => mode === "hard"),
  "a merged block of one β": some("sparse_block", ({ mode, beta2 }) => mode === "merged" && beta2 === undefined),
  "a merged block of two β": some("sparse_block", ({ beta2 }) => typeof beta2 === "string"),
  "a merged block with β from its hidden features": some("sparse_block", ({ beta2 }) => typeof beta2 === "object"),
  "a block with biases": some("sparse_block", ({ bias, mode }) => bias === true && mode === "exact"),
};
