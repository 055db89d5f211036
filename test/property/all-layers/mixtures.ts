/** Random routers, mixed convolutions and two-layer blocks. */
import { sameDim } from "../../../src/ir/dim.js";
import {
  channelsOf,
  type Draft,
  divisorsOf,
  type Layer,
  pickValue,
  resized,
  type Value,
  withChannels,
} from "./draft.js";
import { batchNormTensors, drawGroups, type Generator, vector } from "./plain-layers.js";
import type { Tape } from "./tape.js";
import { blockWindow, convWindow } from "./window.js";

type Route = Extract<Layer, { readonly op: "route" }>;
type RouterFields = Omit<Route, "name" | "op" | "in" | "experts">;
type Stage = Route["mlp"][number];
type Block = Extract<Layer, { readonly op: "sparse_block" }>;
type Factor = NonNullable<Extract<Layer, { readonly op: "mix_conv" }>["factors"]>[number];

const EXPERTS = [2, 3, 4, 1] as const;

export const route: Generator = (draft, tape) => {
  const source = routerSource(draft, tape);
  if (source) router(draft, tape, source, { experts: tape.pick(EXPERTS), cardinals: tape.pick([1, 2, 3, 4, 6, 8]) });
};

/** A router reads a feature map or a vector. */
function routerSource(draft: Draft, tape: Tape): Value | undefined {
  return tape.chance(4) ? vector(draft, tape) : (pickValue(tape, draft.ofRank(4)) ?? vector(draft, tape));
}

const ACTIVATIONS: readonly Stage[] = [
  "relu",
  "sigmoid",
  "silu",
  "tanh",
  "gelu",
  "leaky_relu",
  { op: "leaky_relu", slope: 0.1 },
  { op: "clamp", min: 0, max: 6 },
];

/** What is asked of a router. */
interface RouterProblem {
  readonly experts: number;
  readonly cardinals: number;
  readonly hard?: boolean;
}

function router(draft: Draft, tape: Tape, source: Value, problem: RouterProblem): Value {
  const name = draft.fresh(tape);
  const fields = routerFields(draft, tape, { name, columns: channelsOf(source) }, problem);
  const { experts, cardinals } = problem;
  const sizes = resized(source, ([n]) => [n!, experts, cardinals]);
  const layer: Route = { name, op: "route", in: source.name, experts, ...fields };
  return draft.layer(layer, sizes, [source], fields.normalise === "argmax");
}

/** What a router is, apart from its name, input and experts: its perceptron of up to three linear layers, or none. */
function routerFields(
  draft: Draft,
  tape: Tape,
  { name, columns }: { readonly name: string; readonly columns: number },
  { experts, cardinals, hard = false }: RouterProblem,
): RouterFields {
  const mlp: Stage[] = [];
  const weights: Record<string, string> = {};
  let width = columns;
  const prefix = (): string => {
    const own = `${name}.mlp.${mlp.length}`;
    if (!tape.chance(3)) return own;
    weights[`mlp.${mlp.length}`] = `${name}.fc${mlp.length}`;
    return `${name}.fc${mlp.length}`;
  };
  const linear = (rows: number, told: boolean): void => {
    const bias = !tape.chance(3);
    const tensors = prefix();
    draft.tensors.set(
      `${tensors}.weight`,
      tape.pick([
        [rows, width],
        [rows, width, 1, 1],
      ]),
    );
    if (bias) draft.tensors.set(`${tensors}.bias`, [rows]);
    mlp.push(bias && !told ? "linear" : { op: "linear", ...(told ? { out: rows } : {}), ...(bias ? {} : { bias }) });
    width = rows;
  };
  const norm = (): void => {
    weights[`mlp.${mlp.length}`] = batchNormTensors(draft, `${name}.mlp.${mlp.length}`, width);
    mlp.push(tape.pick<Stage>(["batch_norm", { op: "batch_norm", epsilon: 0.01 }]));
  };
  const prelu = (): void => {
    const one = tape.chance(2);
    draft.tensors.set(`${prefix()}.weight`, [one ? 1 : width]);
    mlp.push(one ? { op: "prelu", slopes: 1 } : "prelu");
  };
  const rows = experts * cardinals;
  if (width !== rows || !tape.chance(3)) {
    for (let hidden = tape.pick([0, 0, 1, 2]); hidden > 0; hidden--) {
      linear(tape.integer(1, 5), true);
      if (tape.chance(3)) norm();
      if (tape.chance(8)) prelu();
      else mlp.push(tape.pick(ACTIVATIONS));
    }
    linear(rows, tape.chance(3));
  }
  if (tape.chance(6)) norm();
  if (tape.chance(6)) mlp.push(tape.pick<Stage>(["sigmoid", "tanh", { op: "leaky_relu", slope: 0.5 }]));
  const normalise = hard ? "argmax" : tape.pick(["softmax", "softmax", "sigmoid", "identity", "argmax"] as const);
  // A root needs weights that are not negative.
  const rootable = normalise !== "identity" || mlp.at(-1) === "sigmoid";
  return {
    mlp,
    ...(Object.keys(weights).length > 0 ? { weights } : {}),
    ...(cardinals === 1 && tape.chance(2) ? {} : { cardinals }),
    normalise,
    ...tape.pick([{}, { temperature: 0.5 }, { temperature: 34 }]),
    ...(rootable && tape.chance(3) ? { power: 0.5 as const } : {}),
  };
}

/** What is asked of the weights of a mixture: for how many experts, and what their blocks must divide. */
interface BetaProblem {
  readonly experts: number;
  readonly extents: readonly number[];
  readonly value: Value;
  readonly hard?: boolean;
}

/** Weights that there are, a router of their own, or one more graph input. */
function beta(draft: Draft, tape: Tape, { experts, extents, value, hard = false }: BetaProblem): Value {
  const fits = (blocks: number): boolean => extents.every((extent) => extent % blocks === 0);
  const batch = value.shape[0]!;
  const known = draft
    .ofRank(3)
    .filter(
      (b) =>
        b.size[1] === experts &&
        fits(b.size[2]!) &&
        (sameDim(b.shape[0]!, batch) || b.shape[0] === 1) &&
        (b.hard || !hard),
    );
  if (known.length > 0 && tape.chance(2)) return tape.pick(known);
  const cardinals = tape.pick(divisorsOf(extents[0]!).filter(fits));
  if (!hard && tape.chance(5)) {
    const one = tape.chance(4);
    const main = draft.inputs[0]!.shape[0]!;
    const name = `beta${draft.inputs.length}`;
    return draft.input(name, [one ? 1 : main, experts, cardinals], [one ? 1 : value.size[0]!, experts, cardinals]);
  }
  return router(draft, tape, routerSource(draft, tape) ?? value, { experts, cardinals, hard });
}

export const mixConv: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(4));
  if (!value) return;
  const channels = channelsOf(value);
  const experts = tape.pick(EXPERTS);
  const window = convWindow(tape, value);
  const { groups, out } = drawGroups(tape, channels);
  const [kh, kw] = window.kernel;
  const extents = { out, in: channels, tap: kh * kw };
  const reads: Value[] = [value];
  const factors = Array.from({ length: tape.pick([1, 2, 3]) }, (_, index): Factor => {
    const over = tape.pick(["out", "in", "tap"] as const);
    const own = index === 0 || tape.chance(2) ? experts : 1;
    const weights = beta(draft, tape, { experts: own, extents: [extents[over]], value });
    reads.push(weights);
    const on = tape.pick(
      over === "out" ? ([undefined, "both", "kernel", "bias"] as const) : ([undefined, "kernel"] as const),
    );
    return {
      beta: weights.name,
      ...(over === "out" && tape.chance(2) ? {} : { over }),
      ...(on === undefined ? {} : { on }),
    };
  });
  const [only] = factors;
  const short = factors.length === 1 && (only!.over ?? "out") === "out" && only!.on === undefined;
  const name = draft.fresh(tape);
  const row = (channels / groups) * kh * kw;
  const kernel = [channels / groups, kh, kw];
  const bias = tape.pick([true, false, "plain"] as const);
  const weight = draft.tensor(
    tape,
    `${name}.weight`,
    tape.pick([
      [experts * out, ...kernel],
      [experts, out, ...kernel],
      [experts, out * row],
    ]),
  );
  const biases = { true: tape.pick([[experts * out], [experts, out]]), plain: [out], false: undefined }[
    String(bias) as "true" | "false" | "plain"
  ];
  draft.layer(
    {
      name,
      op: "mix_conv",
      in: value.name,
      ...(short && !tape.chance(3) ? { beta: only!.beta } : { factors }),
      out,
      ...window.fields,
      ...(groups === 1 ? {} : { groups }),
      bias,
      ...(tape.chance(4) ? { demodulate: { epsilon: tape.pick([1e-8, 1e-3]) } } : {}),
      weights: { weight, ...(biases ? { bias: draft.tensor(tape, `${name}.bias`, biases) } : {}) },
    },
    withChannels(window.sizes, out),
    reads,
  );
};

export const sparseBlock: Generator = (draft, tape) => {
  const value = pickValue(tape, draft.ofRank(4));
  if (!value) return;
  const mode = tape.pick(["dense", "exact", "merged", "hard", "merged"] as const);
  const experts = tape.pick(EXPERTS);
  const [hidden, out] = [tape.integer(1, 4), tape.integer(1, 6)];
  const window = blockWindow(tape, value);
  const extents = mode === "exact" ? [1] : [hidden, out];
  const weights = mode === "dense" ? undefined : beta(draft, tape, { experts, extents, value, hard: mode === "hard" });
  const second = mode === "merged" ? tape.pick(["none", "value", "hidden"] as const) : "none";
  const weights2 = second === "value" ? beta(draft, tape, { experts, extents: [out], value }) : undefined;
  const name = draft.fresh(tape);
  const bias = tape.chance(2);
  const w2 =
    mode === "dense" && tape.chance(2)
      ? [out, experts * hidden, ...window.kernel]
      : [experts * out, hidden, ...window.kernel];
  const shapes = {
    w1: [experts * hidden, channelsOf(value), ...window.kernel],
    w2,
    ...(bias ? { b1: [experts * hidden], b2: [experts * out] } : {}),
  };
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([part, shape]) => [part, draft.tensor(tape, `${name}.${part}`, shape)]),
  );
  const own = (): Block["beta2"] =>
    routerFields(
      draft,
      tape,
      { name: `${name}.beta2`, columns: hidden },
      { experts, cardinals: tape.pick(divisorsOf(out)) },
    );
  const beta2 = { none: () => undefined, value: () => weights2!.name, hidden: own }[second]();
  const { kernel, pad } = window.fields;
  const activation = tape.pick<Block["activation"]>([
    undefined,
    "relu",
    "sigmoid",
    "silu",
    "tanh",
    "gelu",
    { op: "leaky_relu", slope: 0.1 },
  ]);
  draft.layer(
    {
      name,
      op: "sparse_block",
      in: value.name,
      mode,
      experts,
      hidden,
      out,
      ...(weights ? { beta: weights.name } : {}),
      ...(beta2 === undefined ? {} : { beta2 }),
      kernel,
      pad,
      ...(activation === undefined ? {} : { activation }),
      ...(bias ? { bias } : {}),
      weights: tensors,
    },
    withChannels(window.over(window.sizes), out),
    [value, ...(weights ? [weights] : []), ...(weights2 ? [weights2] : [])],
  );
};
