/** The ways to compile a random model: lowerings and targets, with sizes and operator sets that vary. */
import type { CompileOptions } from "../../../src/compile-options.js";
import { LOWERING_NAMES } from "../../../src/lowerings/names.js";
import { TARGETS } from "../../../src/lowerings/targets.js";
import { rowOf, type Values } from "../../support/sessions.js";
import type { RandomModel } from "./model.js";

export interface Variant {
  readonly options: CompileOptions;
  /** What the graph is fed with, run by run; the results are those of the whole batch. */
  readonly feeds: readonly Values[];
  /** How many times the sensitivity of an output may be lost where the tolerance is not kept. */
  readonly rounding: number;
}

/** Sums in another order, and in fewer steps, than the disturbance stands for. */
export const ROUNDING = 4;
/** Winograd's transforms go through larger values than the convolution has: some 30 times for cells of 6x8. */
const WINOGRAD_ROUNDING = 32;

/** How much of the sizes is fixed. */
type Fixing = "open" | "fixed" | "one by one";

const FIXINGS: readonly Fixing[] = ["open", "fixed", "one by one"];
const OPSETS = [17, 21, 18, 20] as const;

/**
 * Compiled for every model, the default first. The members of a group have the same sizes and operator set, so that those
 * that come to the same graph, as they nearly always do, are run once.
 */
const ALWAYS: readonly (readonly CompileOptions[])[] = [
  [{}],
  [{ lowering: "direct" }],
  [{ lowering: "grouped" }],
  [{ lowering: "unfold" }, { target: "webgpu" }, { target: "cuda" }],
];

/** Every other lowering and target, of which each model has two in turn: opening a session is what costs. */
const IN_TURN: readonly CompileOptions[] = [
  ...LOWERING_NAMES.map((lowering): CompileOptions => ({ lowering })),
  ...TARGETS.map((target): CompileOptions => ({ target })),
].filter(
  (choice) => !ALWAYS.flat().some((other) => other.lowering === choice.lowering && other.target === choice.target),
);

/** The default compile, several lowerings and targets, sizes open or fixed, and operator sets that vary with them. */
export function variantsOf(model: RandomModel, inputs: Values): readonly Variant[] {
  const turns = [0, 1].map((n) => [IN_TURN[(model.seed * 2 + n) % IN_TURN.length]!]);
  const choices = [...ALWAYS, ...turns].flatMap((group, index) =>
    group.map((choice) => ({ choice, turn: index === 0 ? 0 : model.seed + index })),
  );
  return choices.map(({ choice, turn }): Variant => {
    const fixing = possible(model, FIXINGS[turn % FIXINGS.length]!);
    const options: CompileOptions = {
      ...choice,
      opset: OPSETS[Math.floor(turn / FIXINGS.length) % OPSETS.length]!,
      ...fixed(model, fixing),
    };
    const rounding = options.lowering?.startsWith("winograd") ? WINOGRAD_ROUNDING : ROUNDING;
    return { options, rounding, feeds: fixing === "one by one" ? oneByOne(model, inputs) : [inputs] };
  });
}

/** A batch that the document fixes cannot be run one by one. */
function possible({ document }: RandomModel, fixing: Fixing): Fixing {
  return fixing === "one by one" && typeof document.inputs[0]!.shape[0] === "number" ? "open" : fixing;
}

function fixed({ inputs }: RandomModel, fixing: Fixing): CompileOptions {
  const main = inputs.x!;
  if (fixing === "open") return {};
  return fixing === "fixed" ? { batch: main[0]!, height: main.at(-2)!, width: main.at(-1)! } : { batch: 1 };
}

/** The samples of a batch; an input that the document declares with a batch of one belongs to every sample. */
export function oneByOne({ document, inputs }: RandomModel, values: Values): readonly Values[] {
  const common = new Set(document.inputs.filter(({ shape }) => shape[0] === 1).map(({ name }) => name));
  return Array.from({ length: inputs.x![0]! }, (_, n) => {
    const rows = [...values].map(([name, value]) => [name, common.has(name) ? value : rowOf(value, n)] as const);
    return new Map(rows);
  });
}
