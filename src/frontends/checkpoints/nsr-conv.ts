import { error } from "../../base/diagnostics.js";
import { configValue, listed, remedy } from "../../base/remedy.js";
import type { Importer } from "./importer.js";
import { GEOMETRY_KEYS, geometryOf } from "./layer-geometry.js";
import { perceptronSizes, ROUTER_KEYS, takePerceptron } from "./router-stages.js";
import { singleLayerDocument } from "./single-layer.js";

/** One mixed convolution of the public networks: bank [k·out, in/groups, kh, kw], router `mlp` with rows `view(k, d)`. */
export const nsrConv: Importer = {
  name: "nsr-conv",
  description: "one convolution with neural sparse representation",
  covers: "layer",
  landmark: /(?:^|\.)mlp\.[0-9]+\.weight$/,
  matches: (tensors) => perceptronSizes(tensors, "mlp") !== undefined && tensors.weightShape("") !== undefined,
  keys: {
    ...GEOMETRY_KEYS,
    ...ROUTER_KEYS,
    cardinals: "cardinals: groups of output channels with a β of their own; needed if the shapes do not show it",
    experts: "experts: kernels per convolution; needed if the shapes do not show it",
  },
  read(tensors, config) {
    const bank = tensors.weightShape("") ?? [1, 1, 1, 1];
    const rows = bank[0]!;
    const { columns: channels, rows: routed } = perceptronSizes(tensors, "mlp") ?? { columns: 1, rows: 1 };
    const side = bank[2] ?? 1;
    const perGroup = bank[1]!;
    const groups = Number.isInteger(channels / perGroup) ? channels / perGroup : 1;
    const { experts, cardinals } = splitRouter(routed, rows, groups, config);
    const out = rows / experts;
    const bias = tensors.has("bias");
    for (const [key, shown] of Object.entries({ in_channels: channels, out_channels: out, kernel: side, groups, bias }))
      config.confirm(key, shown);
    const router = takePerceptron(tensors, "mlp", { columns: channels, rows: experts * cardinals }, config);
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
          mlp: [...router.mlp],
          weights: router.weights,
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
        ...router.tensors,
        { name: "weight", tensor: tensors.takeWeight("", [rows, perGroup, side, side]) },
        ...(bias ? [{ name: "bias", tensor: tensors.take("bias", [rows]) }] : []),
      ],
    });
  },
};

/** More than any network has: shapes are read before numbers, and may be of any size. */
const MOST_EXPERTS = 2 ** 16;

/** As many splits as a hint names. */
const NAMED_SPLITS = 8;

/**
 * A router of k·d rows over a bank of k·out rows shows neither k nor d: they come from the configuration, or from the
 * only split that divides the channels.
 */
function splitRouter(
  routed: number,
  rows: number,
  groups: number,
  config: Parameters<Importer["read"]>[1],
): { readonly experts: number; readonly cardinals: number } {
  const splits: { readonly experts: number; readonly cardinals: number }[] = [];
  for (let experts = 1; experts <= Math.min(routed, rows, MOST_EXPERTS); experts++) {
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
        `a router of ${routed} rows over ${rows} rows of kernels fits ${asked.length} pairs of experts and cardinals`,
        {
          place: "mlp",
          ...remedy`give one of ${listed(
            asked
              .slice(0, NAMED_SPLITS)
              .map((split) => remedy`${configValue("experts", split.experts)} (${split.cardinals} cardinals)`),
            ", ",
          )}; the published code uses 4 experts`,
        },
      ),
    );
    return only;
  }
  config.found.push(
    error(
      "import/config-contradicts-shapes",
      `the given numbers of experts and cardinals do not fit a router of ${routed} rows and ${rows} rows of kernels`,
      {
        place: "mlp",
        hint:
          splits.length > 0
            ? `possible are ${splits
                .slice(0, NAMED_SPLITS)
                .map((s) => `experts ${s.experts}, cardinals ${s.cardinals}`)
                .join("; ")}`
            : "the two tensors do not belong together",
      },
    ),
  );
  return splits[0] ?? { experts: 1, cardinals: 1 };
}
