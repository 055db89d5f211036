import { type Diagnostic, error, type Place } from "../../base/diagnostics.js";
import { computed, reshaped } from "../../tensors/derived.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { Config } from "./config.js";
import type { Importer } from "./importer.js";
import { GEOMETRY_KEYS, geometryOf } from "./layer-geometry.js";
import { singleLayerDocument } from "./single-layer.js";
import type { TensorReader } from "./tensor-reader.js";

/**
 * One modulated convolution of StyleGAN2 (Karras et al., CVPR 2020): a = Linear(style), W = W0 · a per input channel,
 * demodulated by W / √(Σ W² + ε). The second input of the graph is `style` [N, S].
 */
export const modulatedConv: Importer = {
  name: "modulated-conv",
  description: "one modulated convolution of StyleGAN2 (second input: style)",
  covers: "layer",
  landmark: /(?:^|\.)modulation\.weight$/,
  matches: (tensors) => tensors.has("modulation.weight") && tensors.has("weight"),
  keys: {
    ...GEOMETRY_KEYS,
    demodulate: "whether the kernel is demodulated (needed)",
    eps: "ε of the demodulation (default 1e-8)",
    weight_gain: "factor on the kernel, 1/√(in · kernel²) in the public code's equalised learning rate (needed)",
    modulation_gain: "factor on the modulation's weight, 1/√style in the public code (needed)",
    style: "checked against the shapes",
    upsample: "false: a layer that upsamples is not imported",
    downsample: "false: a layer that downsamples is not imported",
  },
  read(tensors, config) {
    config.require("demodulate", "true, false in the layer that makes RGB");
    config.require("weight_gain", "1/√(in_channels · kernel²)");
    config.require("modulation_gain", "1/√style");
    const shape = tensors.shapeOf("weight") ?? [1, 1, 1, 1];
    const [out = 1, channels = 1, side = 1] = shape.slice(shape.length === 5 ? 1 : 0);
    const style = tensors.shapeOf("modulation.weight")?.[1] ?? 1;
    const bias = tensors.has("bias");
    for (const [key, value] of Object.entries({
      in_channels: channels,
      out_channels: out,
      kernel: side,
      style,
      groups: 1,
      bias,
    }))
      config.confirm(key, value);
    refuseResampling(tensors, config);
    const demodulate = config.boolean("demodulate", true);
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
        ...(bias ? [{ name: "bias", tensor: flat(tensors.take("bias", [out], [1, out, 1, 1])) }] : []),
      ],
    });
  },
};

/** The blur that the public code has where a layer changes the size. */
const BLUR = "blur.kernel";

/** Notes an error where the layer up- or downsamples, which the plain convolution does not. */
function refuseResampling(tensors: TensorReader, config: Config): void {
  const asked = ["upsample", "downsample"].filter((key) => config.boolean(key, false));
  config.found.push(...asked.map((key) => resampling(`"${key}" is true`, config.placeOf(key))));
  const blur = tensors.shapeOf(BLUR);
  if (blur === undefined) return;
  tensors.take(BLUR, blur);
  config.found.push(
    resampling(`the checkpoint has "${BLUR}", which exists only in layers that change the size`, { place: BLUR }),
  );
}

const resampling = (sign: string, at: Place): Diagnostic =>
  error("import/resampling", `smxc does not import a modulated convolution that up- or downsamples: ${sign}`, {
    ...at,
    hint: "import layers of one size; write resize and conv layers around them by hand",
  });

/** A vector that may be stored as [1, n, 1, 1]. */
function flat(tensor: LazyTensor): LazyTensor {
  return reshaped(tensor, [tensor.shape.reduce((size, dim) => size * dim, 1)]);
}

/** A tensor times a gain, in float64. */
function scaled(tensor: LazyTensor, gain: number): LazyTensor {
  return gain === 1
    ? tensor
    : computed(tensor.shape, [tensor], (values) => Float64Array.from(values, (value) => value * gain));
}
