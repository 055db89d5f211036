import { type Diagnostic, error, warning } from "../../base/diagnostics.js";
import { configValue, listed, remedy } from "../../base/remedy.js";
import type { Config } from "./config.js";
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
  covers: "layer",
  landmark: /(?:^|\.)routing_fn\.weight$/,
  matches: (tensors) => tensors.has("routing_fn.weight") && tensors.shapeOf("weight")?.length === 2,
  keys: {
    ...GEOMETRY_KEYS,
    out_channels:
      "output channels; needed if neither a bias nor kernel and groups show how to divide the flat kernel tensor",
    kernel: "side of the kernel, if the other sizes do not show it",
    groups: "groups of a grouped convolution, if the other sizes do not show them",
  },
  read(tensors, config) {
    const [experts = 1, channels = 1] = tensors.shapeOf("routing_fn.weight") ?? [];
    const row = tensors.shapeOf("weight")?.[1];
    const shown = tensors.shapeOf("bias")?.[1];
    const bias = tensors.has("bias");
    if (shown !== undefined) config.confirm("out_channels", shown);
    for (const [key, value] of Object.entries({ in_channels: channels, experts, bias })) config.confirm(key, value);
    const warnings: Diagnostic[] = [];
    const cut =
      row === undefined || !tensors.has("routing_fn.weight")
        ? undefined
        : cutOf(row, channels, shown, config, warnings);
    const { out, kernel, groups } = cut ?? { out: shown ?? 1, kernel: 1, groups: 1 };
    const bank = tensors.take("weight", [experts, cut ? (out * channels * kernel ** 2) / groups : null]);
    const imported = singleLayerDocument({
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
    return { ...imported, warnings };
  },
};

/** How a row of the bank is cut into out · in/groups · kernel². */
interface Cut {
  readonly out: number;
  readonly kernel: number;
  readonly groups: number;
}

/** Sides of kernels that are thought of, the usual ones first. */
const SIDES = [3, 1, 5, 7] as const;

/**
 * The cut that is given or follows from the tensors; of several that fit the one of the fewest groups, the others named in a warning. What
 * fits nothing, or anything, is noted as an error.
 */
function cutOf(
  row: number,
  channels: number,
  shown: number | undefined,
  config: Config,
  warnings: Diagnostic[],
): Cut | undefined {
  const sides = config.has("kernel") ? [config.integer("kernel", 3)] : SIDES;
  const known = config.has("out_channels") ? config.integer("out_channels", 1) : shown;
  const cuts = groupCounts(channels, config).flatMap((groups) =>
    sides.flatMap((kernel): readonly Cut[] => {
      const out = row / ((channels / groups) * kernel ** 2);
      const fits = Number.isInteger(out) && out % groups === 0 && (known === undefined || out === known);
      return fits ? [{ out, kernel, groups }] : [];
    }),
  );
  const [first, ...others] = cuts;
  if (!first) config.found.push(noCut(row, channels));
  else if (others.length > 0 && known === undefined) config.found.push(manyCuts(cuts));
  else if (others.length > 0) warnings.push(severalCuts(first, others));
  return first;
}

const noCut = (row: number, channels: number): Diagnostic =>
  error(
    "import/no-reading",
    `a row of ${row} values cannot be a kernel over ${channels} input channels, with the sizes that you gave or the usual ones`,
    { place: "weight", hint: "give out_channels, kernel and groups as they are in the model" },
  );

/** As many readings as a hint names. */
const NAMED_READINGS = 4;

const manyCuts = (cuts: readonly Cut[]): Diagnostic => {
  const named = listed(
    cuts.slice(0, NAMED_READINGS).map((cut) => remedy`${configValue("out_channels", cut.out)} (${cutText(cut)})`),
    ", or ",
  );
  return error(
    "import/missing-config",
    'the checkpoint does not show "out_channels"; its flat kernel tensor can be divided in several ways',
    { place: "weight", ...remedy`give ${named}${cuts.length > NAMED_READINGS ? ", …" : ""}` },
  );
};

const severalCuts = (taken: Cut, others: readonly Cut[]): Diagnostic =>
  warning("import/two-readings", `the shapes fit more than one network; using ${cutText(taken)}`, {
    place: "weight",
    hint: `to choose another, give kernel and groups: ${others.slice(0, NAMED_READINGS).map(cutText).join("; ")}${others.length > NAMED_READINGS ? "; …" : ""}`,
  });

/** The groups that are given, or all that divide the channels, the fewest first. */
function groupCounts(channels: number, config: Config): readonly number[] {
  if (config.has("groups")) return [config.integer("groups", 1)].filter((groups) => channels % groups === 0);
  return Array.from({ length: channels }, (_, i) => i + 1).filter((groups) => channels % groups === 0);
}

function cutText({ kernel, groups }: Cut): string {
  return `kernel ${kernel}, ${groups} group${groups === 1 ? "" : "s"}`;
}
