import { error } from "../diagnostics.js";
import type { Importer } from "./importer.js";
import { GEOMETRY_KEYS, geometryOf } from "./layer-geometry.js";
import { singleLayerDocument } from "./single-layer.js";

/** One mixed convolution of the public networks: bank [k·out, in/groups, kh, kw], router `mlp.0` with rows `view(k, d)`. */
export const nsrConv: Importer = {
  name: "nsr-conv",
  description: "one convolution with neural sparse representation",
  matches: (store) =>
    store.tensors.has("mlp.0.weight") &&
    ["weight", "weight_v", "parametrizations.weight.original1"].some((name) => store.tensors.has(name)),
  keys: {
    ...GEOMETRY_KEYS,
    cardinals: "blocks of output channels that are routed apart; needed where the shapes do not tell",
    experts: "kernels per convolution; needed where the shapes do not tell",
    groups: "groups of a grouped convolution (checked against the shapes)",
    bias: "checked against the tensors",
  },
  read(tensors, config) {
    const bank = tensors.weightShape("") ?? [1, 1, 1, 1];
    const router = tensors.shapeOf("mlp.0.weight") ?? [1, 1];
    const rows = bank[0]!;
    const channels = router[1]!;
    const side = bank[2] ?? 1;
    const routed = router[0]!;
    const perGroup = bank[1]!;
    const groups = Number.isInteger(channels / perGroup) ? channels / perGroup : 1;
    const { experts, cardinals } = splitRouter(routed, rows, groups, config);
    const out = rows / experts;
    const bias = tensors.has("bias");
    for (const [key, told] of Object.entries({ in_channels: channels, out_channels: out, kernel: side, groups, bias }))
      config.confirm(key, told);
    const name = "y";
    const { stride, pad, dilation } = geometryOf(config, side);
    return singleLayerDocument({
      name: "nsr-conv",
      channels,
      layers: [
        {
          name: `${name}.beta`,
          op: "route",
          in: "x",
          mlp: ["linear"],
          weights: { "mlp.0": "mlp.0" },
          experts,
          cardinals,
        },
        {
          name,
          op: "mix_conv",
          in: "x",
          beta: `${name}.beta`,
          out,
          kernel: side,
          stride,
          pad,
          dilation,
          groups,
          bias,
          weights: { weight: "weight", ...(bias ? { bias: "bias" } : {}) },
        },
      ],
      tensors: [
        { name: "mlp.0.weight", tensor: tensors.take("mlp.0.weight", [experts * cardinals, channels]) },
        { name: "mlp.0.bias", tensor: tensors.take("mlp.0.bias", [experts * cardinals]) },
        { name: "weight", tensor: tensors.takeWeight("", [rows, perGroup, side, side]) },
        ...(bias ? [{ name: "bias", tensor: tensors.take("bias", [rows]) }] : []),
      ],
    });
  },
};

/**
 * A router of k·d rows over a bank of k·out rows tells neither k nor d: they come from the configuration, or from the
 * only split that divides the channels.
 */
function splitRouter(
  routed: number,
  rows: number,
  groups: number,
  config: Parameters<Importer["read"]>[1],
): { readonly experts: number; readonly cardinals: number } {
  const splits: { readonly experts: number; readonly cardinals: number }[] = [];
  for (let experts = 1; experts <= routed; experts++) {
    const cardinals = routed / experts;
    const out = rows / experts;
    if (Number.isInteger(cardinals) && Number.isInteger(out) && out % cardinals === 0 && out % groups === 0)
      splits.push({ experts, cardinals });
  }
  const asked = splits.filter(
    (split) =>
      (!config.has("experts") || config.integer("experts", split.experts) === split.experts) &&
      (!config.has("cardinals") || config.integer("cardinals", split.cardinals) === split.cardinals) &&
      (!config.has("out_channels") || config.integer("out_channels", 1) === rows / split.experts),
  );
  const only = asked[0];
  if (only && asked.length === 1) return only;
  if (only) {
    config.found.push(
      error(
        "import/missing-config",
        `a router of ${routed} rows over a bank of ${rows} can be ${asked.length} pairs of experts and cardinals`,
        {
          place: "mlp.0.weight",
          hint: `give one of ${asked.map((split) => `--set experts=${split.experts} (${split.cardinals} cardinals)`).join(", ")}; the public default is 4 experts`,
        },
      ),
    );
    return only;
  }
  config.found.push(
    error(
      "import/config-contradicts-shapes",
      `no number of experts and cardinals that is asked for fits a router of ${routed} rows and a bank of ${rows}`,
      {
        place: "mlp.0.weight",
        hint:
          splits.length > 0
            ? `possible are ${splits.map((s) => `experts ${s.experts}, cardinals ${s.cardinals}`).join("; ")}`
            : "the two tensors do not belong together",
      },
    ),
  );
  return splits[0] ?? { experts: 1, cardinals: 1 };
}
