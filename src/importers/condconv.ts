import type { Importer } from "./importer.js";
import { GEOMETRY_KEYS, geometryOf } from "./layer-geometry.js";
import { singleLayerDocument } from "./single-layer.js";

/**
 * One CondConv layer (Yang et al., NeurIPS 2019) in the naming of timm: α = sigmoid(Linear(mean x)), W = Σ α_e W_e;
 * the bank is flat, [experts, out · in/groups · kh · kw], the bias [experts, out].
 */
export const condconv: Importer = {
  name: "condconv",
  description: "one CondConv layer (timm: routing_fn, flat bank)",
  matches: (store) => store.tensors.has("routing_fn.weight") && store.tensors.get("weight")?.shape.length === 2,
  keys: {
    ...GEOMETRY_KEYS,
    out_channels: "output channels; needed, the flat bank does not tell them",
    kernel: "side of the kernel (default 3)",
    groups: "groups of a grouped convolution (default 1)",
  },
  read(tensors, config) {
    const [experts = 1, channels = 1] = tensors.shapeOf("routing_fn.weight") ?? [];
    const row = tensors.shapeOf("weight")?.[1] ?? 1;
    const groups = config.integer("groups", 1);
    const bias = tensors.has("bias");
    const kernel = config.integer("kernel", 3);
    const perGroup = channels / groups;
    const told = bias ? tensors.shapeOf("bias")?.[1] : row / (perGroup * kernel ** 2);
    const out = config.integer("out_channels", Number.isInteger(told) ? told! : 1);
    for (const [key, value] of Object.entries({ in_channels: channels, experts })) config.confirm(key, value);
    const bank = tensors.take("weight", [experts, out * perGroup * kernel ** 2]);
    return singleLayerDocument({
      name: "condconv",
      channels,
      layers: [
        {
          name: "y.beta",
          op: "route",
          in: "x",
          mlp: ["linear"],
          weights: { "mlp.0": "routing_fn" },
          experts,
          normalise: "sigmoid",
        },
        {
          name: "y",
          op: "mix_conv",
          in: "x",
          beta: "y.beta",
          out,
          kernel,
          ...geometryOf(config, kernel),
          groups,
          bias,
          weights: { weight: "weight", ...(bias ? { bias: "bias" } : {}) },
        },
      ],
      tensors: [
        { name: "routing_fn.weight", tensor: tensors.take("routing_fn.weight", [experts, channels]) },
        { name: "routing_fn.bias", tensor: tensors.take("routing_fn.bias", [experts]) },
        { name: "weight", tensor: bank },
        ...(bias ? [{ name: "bias", tensor: tensors.take("bias", [experts, out]) }] : []),
      ],
    });
  },
};
