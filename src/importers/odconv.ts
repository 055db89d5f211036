import type { ModelDocument } from "../spec/document.js";
import type { NamedTensor } from "../weights/safetensors-write.js";
import type { Importer } from "./importer.js";
import { GEOMETRY_KEYS, geometryOf } from "./layer-geometry.js";
import { singleLayerDocument } from "./single-layer.js";

type Layer = ModelDocument["layers"][number];

/** One head of the attention: what it weighs, and how. */
interface Head {
  readonly name: string;
  readonly rows: number;
  readonly over: "out" | "in" | "tap";
  readonly perExpert: boolean;
}

/**
 * One ODConv layer (Li et al., ICLR 2022): four attentions from one stem h = relu(bn(fc(mean x))), over output channels,
 * input channels, taps (sigmoid) and kernels (softmax), each divided by the temperature.
 */
export const odconv: Importer = {
  name: "odconv",
  description: "one ODConv layer (attention over channels, filters, taps and kernels)",
  matches: (store) => store.tensors.has("attention.fc.weight") && store.tensors.has("attention.bn.running_mean"),
  keys: {
    ...GEOMETRY_KEYS,
    temperature: "of all four attentions, as it is in inference (needed: it is annealed in training)",
    bn_eps: "ε of the BatchNorm (default 1e-5)",
    groups: "groups of a grouped convolution (checked against the shapes)",
    hidden: "checked against the shapes",
  },
  read(tensors, config) {
    config.require("temperature", "31 at the start of training and 1 at its end");
    const temperature = config.number("temperature", 1);
    const [experts = 1, out = 1, perGroup = 1, side = 1] = tensors.shapeOf("weight") ?? [];
    const [hidden = 1, channels = 1] = tensors.shapeOf("attention.fc.weight") ?? [];
    const groups = Number.isInteger(channels / perGroup) ? channels / perGroup : 1;
    for (const [key, value] of Object.entries({
      in_channels: channels,
      out_channels: out,
      kernel: side,
      experts,
      hidden,
      groups,
    })) {
      config.confirm(key, value);
    }
    // The public code leaves out an attention that has nothing to choose from.
    const heads: readonly Head[] = (
      [
        { name: "channel", rows: channels, over: "in", perExpert: false },
        { name: "filter", rows: out, over: "out", perExpert: false },
        { name: "spatial", rows: side ** 2, over: "tap", perExpert: false },
        { name: "kernel", rows: experts, over: "out", perExpert: true },
      ] as const
    ).filter(
      (head) =>
        tensors.has(`attention.${head.name}_fc.weight`) || !optional(head, side, experts, channels, groups, out),
    );
    const kept: NamedTensor[] = [
      {
        name: "attention.fc.weight",
        tensor: tensors.take("attention.fc.weight", [hidden, channels, 1, 1], [hidden, channels]),
      },
    ];
    for (const part of ["weight", "bias", "running_mean", "running_var"]) {
      kept.push({ name: `attention.bn.${part}`, tensor: tensors.take(`attention.bn.${part}`, [hidden]) });
    }
    for (const { name, rows } of heads) {
      kept.push({
        name: `attention.${name}_fc.weight`,
        tensor: tensors.take(`attention.${name}_fc.weight`, [rows, hidden, 1, 1], [rows, hidden]),
      });
      kept.push({ name: `attention.${name}_fc.bias`, tensor: tensors.take(`attention.${name}_fc.bias`, [rows]) });
    }
    kept.push({ name: "weight", tensor: tensors.take("weight", [experts, out, perGroup, side, side]) });
    const epsilon = config.number("bn_eps", 1e-5);
    return singleLayerDocument({
      name: "odconv",
      channels,
      layers: [
        ...stem(hidden, epsilon),
        ...heads.map((head) => attention(head, temperature)),
        {
          name: "y",
          op: "mix_conv",
          in: "x",
          factors: heads.map((head) => ({ beta: betaOf(head), over: head.over, on: "kernel" as const })),
          out,
          kernel: side,
          ...geometryOf(config, side),
          groups,
          bias: false,
          weights: { weight: "weight" },
        },
      ],
      tensors: kept,
    });
  },
};

function optional(head: Head, side: number, experts: number, channels: number, groups: number, out: number): boolean {
  return (
    { channel: false, filter: channels === groups && channels === out, spatial: side === 1, kernel: experts === 1 }[
      head.name
    ] ?? false
  );
}

/** The kernel attention is the one over experts, and bears the layer's own name. */
function betaOf(head: Head): string {
  return head.perExpert ? "y.beta" : `y.${head.name}.beta`;
}

function stem(hidden: number, epsilon: number): readonly Layer[] {
  return [
    { name: "attention.pool", op: "global_pool", in: "x" },
    { name: "attention.fc", op: "linear", in: "attention.pool", out: hidden, bias: false },
    { name: "attention.bn", op: "batch_norm", in: "attention.fc", epsilon },
    { name: "attention.relu", op: "relu", in: "attention.bn" },
  ];
}

function attention(head: Head, temperature: number): Layer {
  return {
    name: betaOf(head),
    op: "route",
    in: "attention.relu",
    mlp: ["linear"],
    weights: { "mlp.0": `attention.${head.name}_fc` },
    experts: head.perExpert ? head.rows : 1,
    cardinals: head.perExpert ? 1 : head.rows,
    normalise: head.perExpert ? "softmax" : "sigmoid",
    temperature,
  };
}
