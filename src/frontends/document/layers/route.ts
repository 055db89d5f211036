import * as z from "zod";
import type { Activation } from "../../../ir/ops/activations.js";
import { RuleError, staticDim } from "../../../ir/ops/operator.js";
import type { RouterStage } from "../../../ir/ops/router.js";
import { foldedBatchNorm } from "./batch-norm-tensors.js";
import { DEFAULT_SLOPE, layerName, positive, reference } from "./fields.js";
import { type LayerBuilder, layer } from "./layer.js";

/** PyTorch's, of a BatchNorm. */
const DEFAULT_EPSILON = 1e-5;

const stage = z.union([
  z.enum(["linear", "batch_norm", "relu", "leaky_relu", "prelu", "sigmoid", "silu", "tanh", "gelu"]),
  z.strictObject({
    op: z.literal("linear"),
    out: positive.optional().describe("Width of a hidden layer; the last layer has experts · cardinals outputs"),
    bias: z.boolean().default(true),
  }),
  z.strictObject({ op: z.literal("leaky_relu"), slope: z.number().default(DEFAULT_SLOPE) }),
  z.strictObject({ op: z.literal("clamp"), min: z.number(), max: z.number() }).describe("Limits, as in ReLU6"),
  z.strictObject({ op: z.literal("batch_norm"), epsilon: z.number().positive().default(DEFAULT_EPSILON) }),
  z.strictObject({
    op: z.literal("prelu"),
    slopes: positive.optional().describe("Number of slopes: one, or as many as values (default)"),
  }),
]);

type Stage = z.output<typeof stage>;

/** What a router is, apart from its name, input and number of experts. */
export const routerFields = {
  mlp: z.array(stage).describe("The perceptron: linear layers, activations, normalisation"),
  weights: z
    .record(z.string().regex(/^mlp\.[0-9]+$/), z.string())
    .default({})
    .describe("Prefix of the tensors of a stage, where it is not `<layer>.mlp.<stage>`"),
  cardinals: positive.default(1).describe("Cardinals: groups of output channels that have a β of their own"),
  normalise: z
    .enum(["softmax", "argmax", "sigmoid", "identity"])
    .default("softmax")
    .describe("How logits become weights; argmax gives 1 to the expert with the largest logit (the first of equals)"),
  temperature: z.number().positive().default(1).describe("Divides the logits"),
  power: z
    .union([z.literal(1), z.literal(0.5)])
    .default(1)
    .describe("Applied after the normaliser; 0.5 for √β"),
} as const;

const routerSchema = z.object({ name: z.string(), in: z.string(), experts: positive, ...routerFields });

export const route = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("route"),
      in: reference.describe("A feature map [N,C,H,W], which is averaged over height and width, or a vector [N,C]"),
      experts: positive,
      ...routerFields,
    })
    .describe("β, the weights of the experts: [N, experts, cardinals]"),
  example: {
    name: "body.1.body.0.beta",
    op: "route",
    in: "body.0",
    mlp: ["linear"],
    weights: { "mlp.0": "body.1.body.0.mlp.0" },
    experts: 4,
    cardinals: 4,
    normalise: "softmax",
    power: 1,
  },
  build: buildRouter,
});

/** Adds a router's node, which is named like the router. */
export function buildRouter(spec: z.output<typeof routerSchema>, builder: LayerBuilder): void {
  const inputs = [spec.in];
  const stages: RouterStage[] = [];
  let width = staticDim("the number of channels that a router reads", builder.shape(spec.in), 1);
  const lastLinear = spec.mlp.findLastIndex((entry) => written(entry).op === "linear");
  spec.mlp.forEach((entry, index) => {
    const prefix = spec.weights[`mlp.${index}`] ?? `${spec.name}.mlp.${index}`;
    const last = index === lastLinear ? spec.experts * spec.cardinals : undefined;
    const built = buildStage(entry, prefix, width, last, builder);
    inputs.push(...built.inputs);
    stages.push(built.stage);
    width = built.width;
  });
  checkOverrides(spec.weights, spec.mlp.length);
  const hard = spec.normalise === "argmax";
  const derived = hard || spec.power !== 1;
  const beta = builder.node("route", derived ? `${spec.name}.soft` : spec.name, inputs, {
    experts: spec.experts,
    cardinals: spec.cardinals,
    stages,
    temperature: spec.temperature,
    normalise: spec.normalise === "argmax" ? "softmax" : spec.normalise,
  });
  builder.beta(spec.name, beta);
  if (hard) builder.node("one_hot", spec.name, [beta], {});
  else if (derived) builder.node("root", spec.name, [beta], {});
}

/** A stage with its fields, where it is written as a name alone. */
function written(entry: Stage) {
  if (entry === "linear") return { op: entry, bias: true, out: undefined };
  if (entry === "batch_norm") return { op: entry, epsilon: DEFAULT_EPSILON };
  if (entry === "prelu") return { op: entry, slopes: undefined };
  if (entry === "leaky_relu") return { op: entry, slope: DEFAULT_SLOPE };
  return typeof entry === "string" ? { op: entry } : entry;
}

interface BuiltStage {
  readonly stage: RouterStage;
  readonly inputs: readonly string[];
  readonly width: number;
}

function buildStage(
  entry: Stage,
  prefix: string,
  width: number,
  last: number | undefined,
  builder: LayerBuilder,
): BuiltStage {
  const stage = written(entry);
  if (stage.op === "linear") {
    const rows = stage.out ?? last;
    if (rows === undefined)
      throw new RuleError("a hidden linear layer of a router needs a width", 'write {"op":"linear","out":…}');
    const weight = builder.weight(`${prefix}.weight`, [rows, width], [rows, width, 1, 1]);
    const biases = stage.bias ? [builder.weight(`${prefix}.bias`, [rows])] : [];
    return { stage: { kind: "linear", bias: stage.bias }, inputs: [weight, ...biases], width: rows };
  }
  if (stage.op === "batch_norm")
    return { stage: { kind: "scale_shift" }, inputs: foldedBatchNorm(builder, prefix, width, stage.epsilon), width };
  if (stage.op === "prelu")
    return {
      stage: { kind: "prelu" },
      inputs: [builder.weight(`${prefix}.weight`, [stage.slopes ?? width])],
      width,
    };
  const { op, ...parameters } = stage;
  return { stage: { kind: "activation", activation: { fn: op, ...parameters } as Activation }, inputs: [], width };
}

function checkOverrides(overrides: Readonly<Record<string, string>>, stages: number): void {
  for (const key of Object.keys(overrides)) {
    if (Number(key.slice(4)) >= stages)
      throw new RuleError(`\`weights\` names "${key}", but the perceptron has ${stages} stages`);
  }
}
