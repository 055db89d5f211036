import { warning } from "../../base/diagnostics.js";
import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { Importer } from "./importer.js";
import { GEOMETRY_KEYS, geometryOf } from "./layer-geometry.js";
import { singleLayerDocument } from "./single-layer.js";

type Layer = ModelDocument["layers"][number];

/** The attentions, the one over kernels first: it is the layer's β proper. */
const HEADS = ["kernel", "channel", "filter", "spatial"] as const;

/** One head of the attention: what it weighs, and how. */
interface Head {
  readonly name: (typeof HEADS)[number];
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
  covers: "layer",
  landmark: /(?:^|\.)attention\.fc\.weight$/,
  matches: (tensors) =>
    tensors.has("attention.fc.weight") && HEADS.some((head) => tensors.has(`attention.${head}_fc.weight`)),
  keys: {
    ...GEOMETRY_KEYS,
    temperature: "of all four attentions, as it is in inference (needed: it is annealed in training)",
    bn_eps: "ε of the BatchNorm (default 1e-5)",
    hidden: "checked against the shapes",
  },
  read(tensors, config) {
    config.require("temperature", "1, to which the public training anneals from 30");
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
      bias: false,
    })) {
      config.confirm(key, value);
    }
    // The public code leaves out an attention that has nothing to choose from.
    const heads: readonly Head[] = (
      [
        { name: "kernel", rows: experts, over: "out", perExpert: true },
        { name: "channel", rows: channels, over: "in", perExpert: false },
        { name: "filter", rows: out, over: "out", perExpert: false },
        { name: "spatial", rows: side ** 2, over: "tap", perExpert: false },
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
    const bias = tensors.has("attention.fc.bias");
    if (bias) kept.push({ name: "attention.fc.bias", tensor: tensors.take("attention.fc.bias", [hidden]) });
    const parts = ["weight", "bias", "running_mean", "running_var"].map((part) => `attention.bn.${part}`);
    const normalised = parts.some((name) => tensors.has(name));
    if (normalised) kept.push(...parts.map((name) => ({ name, tensor: tensors.take(name, [hidden]) })));
    for (const { name, rows } of heads) {
      kept.push({
        name: `attention.${name}_fc.weight`,
        tensor: tensors.take(`attention.${name}_fc.weight`, [rows, hidden, 1, 1], [rows, hidden]),
      });
      kept.push({ name: `attention.${name}_fc.bias`, tensor: tensors.take(`attention.${name}_fc.bias`, [rows]) });
    }
    kept.push({ name: "weight", tensor: tensors.take("weight", [experts, out, perGroup, side, side]) });
    const epsilon = normalised ? config.number("bn_eps", 1e-5) : undefined;
    const imported = singleLayerDocument({
      name: "odconv",
      channels,
      layers: [
        ...stem({ hidden, bias, epsilon }),
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
    return { ...imported, warnings: normalised ? [] : [noBatchNorm] };
  },
};

const noBatchNorm = warning("import/no-batch-norm", "the attention has no BatchNorm, but the published code has one", {
  place: "attention.bn",
  hint: "if the model has one, save all of its tensors",
});

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

/** relu(bn(fc(mean x))); without ε there is no BatchNorm. */
function stem({
  hidden,
  bias,
  epsilon,
}: {
  readonly hidden: number;
  readonly bias: boolean;
  readonly epsilon: number | undefined;
}): readonly Layer[] {
  const norm: Layer[] =
    epsilon === undefined ? [] : [{ name: "attention.bn", op: "batch_norm", in: "attention.fc", epsilon }];
  return [
    { name: "attention.pool", op: "global_pool", in: "x" },
    { name: "attention.fc", op: "linear", in: "attention.pool", out: hidden, bias },
    ...norm,
    { name: "attention.relu", op: "relu", in: norm[0]?.name ?? "attention.fc" },
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
