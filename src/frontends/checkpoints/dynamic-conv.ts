import type { Importer } from "./importer.js";
import { GEOMETRY_KEYS, geometryOf } from "./layer-geometry.js";
import { singleLayerDocument } from "./single-layer.js";

/**
 * One Dynamic Convolution layer (Chen et al., CVPR 2020): α = softmax(fc2(relu(fc1(mean x))) / T), W = Σ α_e W_e,
 * b = Σ α_e b_e; bank [experts, out, in/groups, kh, kw], bias [experts, out].
 */
export const dynamicConv: Importer = {
  name: "dynamic-conv",
  description: "one Dynamic Convolution layer (attention.fc1, attention.fc2, softmax with temperature)",
  covers: "layer",
  landmark: /(?:^|\.)attention\.fc1\.weight$/,
  matches: (tensors) => tensors.has("attention.fc1.weight") && tensors.has("attention.fc2.weight"),
  keys: {
    ...GEOMETRY_KEYS,
    temperature: "of the softmax, as it is in inference (needed: it is annealed in training)",
    hidden: "checked against the shapes",
    attention_bias: "false where attention.fc2 has no bias (default true, as in the public code)",
  },
  read(tensors, config) {
    config.require("temperature", "34 at the start of training and 1 at its end");
    const [experts = 1, out = 1, perGroup = 1, side = 1] = tensors.shapeOf("weight") ?? [];
    const [hidden = 1, channels = 1] = tensors.shapeOf("attention.fc1.weight") ?? [];
    const groups = Number.isInteger(channels / perGroup) ? channels / perGroup : 1;
    const bias = tensors.has("bias");
    for (const [key, value] of Object.entries({
      in_channels: channels,
      out_channels: out,
      kernel: side,
      experts,
      hidden,
      groups,
      bias,
    }))
      config.confirm(key, value);
    // fc1 has none in the public code, and one in others.
    const biases = [
      ...(tensors.has("attention.fc1.bias") ? ["attention.fc1"] : []),
      ...(config.boolean("attention_bias", true) ? ["attention.fc2"] : []),
    ];
    const fc = (name: string, rows: number, columns: number) => [
      { name: `${name}.weight`, tensor: tensors.take(`${name}.weight`, [rows, columns, 1, 1], [rows, columns]) },
      ...(biases.includes(name) ? [{ name: `${name}.bias`, tensor: tensors.take(`${name}.bias`, [rows]) }] : []),
    ];
    return singleLayerDocument({
      name: "dynamic-conv",
      channels,
      layers: [
        {
          name: "y.beta",
          op: "route",
          in: "x",
          mlp: [
            { op: "linear", out: hidden, bias: biases.includes("attention.fc1") },
            "relu",
            { op: "linear", bias: biases.includes("attention.fc2") },
          ],
          weights: { "mlp.0": "attention.fc1", "mlp.2": "attention.fc2" },
          experts,
          temperature: config.number("temperature", 1),
        },
        {
          name: "y",
          op: "mix_conv",
          in: "x",
          beta: "y.beta",
          out,
          kernel: side,
          ...geometryOf(config, side),
          groups,
          bias,
          weights: { weight: "weight", ...(bias ? { bias: "bias" } : {}) },
        },
      ],
      tensors: [
        ...fc("attention.fc1", hidden, channels),
        ...fc("attention.fc2", experts, hidden),
        { name: "weight", tensor: tensors.take("weight", [experts, out, perGroup, side, side]) },
        ...(bias ? [{ name: "bias", tensor: tensors.take("bias", [experts, out]) }] : []),
      ],
    });
  },
};
