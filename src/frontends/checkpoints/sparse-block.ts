import { error } from "../../base/diagnostics.js";
import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { Config } from "./config.js";
import type { Importer } from "./importer.js";
import { perceptronSizes, ROUTER_KEYS, takePerceptron } from "./router-stages.js";
import { singleLayerDocument } from "./single-layer.js";
import type { TensorReader } from "./tensor-reader.js";

type Layer = ModelDocument["layers"][number];
type Block = Extract<Layer, { readonly op: "sparse_block" }>;

/** How each mode of the paper's block is written. */
interface Mode {
  readonly mode: Block["mode"];
  readonly normalise: "softmax" | "argmax";
  readonly power: 1 | 0.5;
  /** What the second router reads, where there is one. */
  readonly second: "none" | "input" | "hidden";
}

const MODES: Readonly<Record<string, Mode | undefined>> = {
  dense: { mode: "dense", normalise: "softmax", power: 1, second: "none" },
  hard: { mode: "hard", normalise: "argmax", power: 1, second: "none" },
  exact: { mode: "exact", normalise: "softmax", power: 1, second: "none" },
  "merged-sqrt": { mode: "merged", normalise: "softmax", power: 0.5, second: "none" },
  "merged-independent-sqrt": { mode: "merged", normalise: "softmax", power: 0.5, second: "input" },
  "merged-independent": { mode: "merged", normalise: "softmax", power: 1, second: "input" },
  "merged-own-input": { mode: "merged", normalise: "softmax", power: 1, second: "hidden" },
};

/** One two-layer block of the paper, Y = W2 * F(W1 * X), in any of its modes (Fan et al., NeurIPS 2020). */
export const sparseBlock: Importer = {
  name: "sparse-block",
  description: "one two-layer sparse-group block (w1, w2, mlp, mlp2)",
  covers: "layer",
  landmark: /(?:^|\.)w1$/,
  matches: (tensors) => tensors.has("w1") && tensors.has("w2"),
  keys: {
    mode: `how the groups are combined (needed unless dense): ${Object.keys(MODES).join(", ")}`,
    experts: "groups k (needed for a dense block; otherwise the rows of the router show it)",
    activation: "relu (default), sigmoid, silu, tanh or gelu",
    ...ROUTER_KEYS,
    padding: "zeros around the input (default: as many as keep the size)",
    in_channels: "checked against the shapes",
    group_channels: "checked against the shapes",
    out_channels: "checked against the shapes",
    kernel: "checked against the shapes",
  },
  read(tensors, config) {
    const name = config.text("mode", Object.keys(MODES)) ?? (perceptronSizes(tensors, "mlp") ? undefined : "dense");
    if (name === undefined && !config.has("mode"))
      config.require("mode", "merged-own-input, as in the public networks");
    const mode = MODES[name ?? "merged-own-input"]!;
    const dense = mode.mode === "dense";
    if (dense) config.require("experts", "4");
    const [rows = 1, channels = 1, side = 1] = tensors.shapeOf("w1") ?? [];
    const experts = dense
      ? config.integer("experts", 4)
      : (perceptronSizes(tensors, "mlp")?.rows ?? config.integer("experts", 4));
    const hidden = rows / experts;
    const out = (tensors.shapeOf("w2")?.[0] ?? 1) / (dense ? 1 : experts);
    const divides = Number.isInteger(hidden) && Number.isInteger(out);
    if (!divides) {
      config.found.push(
        error(
          "import/config-contradicts-shapes",
          `${experts} groups do not divide the ${rows} rows of w1 and those of w2`,
          {
            ...config.placeOf("experts"),
            hint: "give the number of groups that the network was trained with",
          },
        ),
      );
    }
    const shown = { in_channels: channels, kernel: side, experts };
    const split = divides ? { group_channels: hidden, out_channels: out } : {};
    for (const [key, value] of Object.entries({ ...shown, ...split })) config.confirm(key, value);
    const activation = config.text("activation", ["relu", "sigmoid", "silu", "tanh", "gelu"]) ?? "relu";
    const bias = tensors.has("b1");
    const w2Shape = dense ? [out, rows, side, side] : [experts * out, divides ? hidden : null, side, side];
    const kept: NamedTensor[] = [
      { name: "w1", tensor: tensors.take("w1", [rows, channels, side, side]) },
      { name: "w2", tensor: tensors.take("w2", w2Shape) },
      ...(bias ? [{ name: "b1", tensor: tensors.take("b1", [rows]) }] : []),
      ...(bias ? [{ name: "b2", tensor: tensors.take("b2", [dense ? out : experts * out]) }] : []),
    ];
    const block: Block = {
      name: "y",
      op: "sparse_block",
      in: "x",
      mode: mode.mode,
      experts,
      hidden,
      out,
      kernel: side,
      pad: config.integer("padding", Math.floor(side / 2), 0),
      activation: activation as "relu",
      bias,
      weights: { w1: "w1", w2: "w2", ...(bias ? { b1: "b1", b2: "b2" } : {}) },
      ...(dense ? {} : { beta: "y.beta" }),
    };
    const routers = dense ? undefined : blockRouters(mode, { experts, channels, hidden }, tensors, config, kept);
    return singleLayerDocument({
      name: "sparse-block",
      channels,
      layers: [
        ...(routers?.layers ?? []),
        { ...block, ...(routers?.beta2 === undefined ? {} : { beta2: routers.beta2 }) },
      ],
      tensors: kept,
    });
  },
};

function blockRouters(
  { normalise, power, second }: Mode,
  { experts, channels, hidden }: { readonly experts: number; readonly channels: number; readonly hidden: number },
  tensors: TensorReader,
  config: Config,
  kept: NamedTensor[],
): { readonly layers: readonly Layer[]; readonly beta2?: NonNullable<Block["beta2"]> } {
  const take = (prefix: string, columns: number) => {
    const { mlp, weights, tensors: taken } = takePerceptron(tensors, prefix, { columns, rows: experts }, config);
    kept.push(...taken);
    return { mlp: [...mlp], weights, normalise, power };
  };
  const router = (name: string, prefix: string): Layer => ({
    name,
    op: "route",
    in: "x",
    experts,
    ...take(prefix, channels),
  });
  const first = router("y.beta", "mlp");
  if (second === "none") return { layers: [first] };
  if (second === "input") return { layers: [first, router("y.beta2", "mlp2")], beta2: "y.beta2" };
  return { layers: [first], beta2: take("mlp2", hidden) };
}
