import { computed } from "../weights/derived.js";
import type { LazyTensor } from "../weights/tensor.js";
import type { Importer } from "./importer.js";
import { GEOMETRY_KEYS, geometryOf } from "./layer-geometry.js";
import { singleLayerDocument } from "./single-layer.js";

/**
 * One modulated convolution of StyleGAN2 (Karras et al., CVPR 2020): a = Linear(style), W = W0 · a per input channel,
 * demodulated by W / √(Σ W² + ε). The second input of the graph is `style` [N, S].
 */
export const modulatedConv: Importer = {
  name: "modulated-conv",
  description: "one modulated convolution of StyleGAN2 (second input: style)",
  matches: (store) => store.tensors.has("modulation.weight") && store.tensors.has("weight"),
  keys: {
    ...GEOMETRY_KEYS,
    demodulate: "whether the kernel is demodulated (needed)",
    eps: "ε of the demodulation (default 1e-8)",
    weight_gain: "factor on the kernel, 1/√(in · kernel²) in the public code's equalised learning rate (needed)",
    modulation_gain: "factor on the modulation's weight, 1/√style in the public code (needed)",
    style: "checked against the shapes",
  },
  read(tensors, config) {
    config.require("demodulate", "true, false in the layer that makes RGB");
    config.require("weight_gain", "1/√(in_channels · kernel²)");
    config.require("modulation_gain", "1/√style");
    const shape = tensors.shapeOf("weight") ?? [1, 1, 1, 1];
    const [out = 1, channels = 1, side = 1] = shape.slice(shape.length === 5 ? 1 : 0);
    const style = tensors.shapeOf("modulation.weight")?.[1] ?? 1;
    for (const [key, value] of Object.entries({ in_channels: channels, out_channels: out, kernel: side, style }))
      config.confirm(key, value);
    const demodulate = config.boolean("demodulate", true);
    const bias = tensors.has("bias");
    return singleLayerDocument({
      name: "modulated-conv",
      channels,
      inputs: [{ name: "style", dtype: "float32", shape: ["N", style] }],
      layers: [
        {
          name: "y.beta",
          op: "route",
          in: "style",
          mlp: ["linear"],
          weights: { "mlp.0": "modulation" },
          experts: 1,
          cardinals: channels,
          normalise: "identity",
        },
        {
          name: "y",
          op: "mix_conv",
          in: "x",
          factors: [{ beta: "y.beta", over: "in" }],
          out,
          kernel: side,
          ...geometryOf(config, side),
          bias: bias ? "plain" : false,
          ...(demodulate ? { demodulate: { epsilon: config.number("eps", 1e-8) } } : {}),
          weights: { weight: "weight", ...(bias ? { bias: "bias" } : {}) },
        },
      ],
      tensors: [
        {
          name: "modulation.weight",
          tensor: scaled(tensors.take("modulation.weight", [channels, style]), config.number("modulation_gain", 1)),
        },
        { name: "modulation.bias", tensor: tensors.take("modulation.bias", [channels]) },
        {
          name: "weight",
          tensor: scaled(
            tensors.take("weight", [1, out, channels, side, side], [out, channels, side, side]),
            config.number("weight_gain", 1),
          ),
        },
        ...(bias ? [{ name: "bias", tensor: tensors.take("bias", [out]) }] : []),
      ],
    });
  },
};

/** A tensor times a gain, in float64. */
function scaled(tensor: LazyTensor, gain: number): LazyTensor {
  return gain === 1
    ? tensor
    : computed(tensor.shape, [tensor], (values) => Float64Array.from(values, (value) => value * gain));
}
