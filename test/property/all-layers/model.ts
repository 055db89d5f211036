/** Random models over all kinds of layer, as values that can be written to a file and made again from it. */
import fc from "fast-check";
import { randomNumbers } from "../../../src/base/random.js";
import type { ModelDocument } from "../../../src/frontends/document/document.js";
import type { LayerKind } from "../../../src/frontends/document/layers/index.js";
import { type DenseTensor, dense, sizeOf } from "../../../src/ir/ops/dense-tensor.js";
import type { StoredTensor, TensorStore } from "../../../src/tensors/tensor.js";
import { Draft } from "./draft.js";
import { GENERATORS, KINDS } from "./generators.js";
import { Tape } from "./tape.js";

/** A model with everything that a run of it needs; values follow from the seed and the names. */
export interface RandomModel {
  readonly document: ModelDocument;
  /** Shapes of the tensors. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  /** Sizes of the inputs that the model is run on. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly seed: number;
}

const LONGEST = 12;
const DECISIONS = 40;

/** What a random model is made from. */
export interface Recipe {
  readonly seed: number;
  readonly start: readonly number[];
  readonly steps: readonly { readonly kind: LayerKind; readonly decisions: readonly number[] }[];
}

// Small numbers shrink in few steps, and are many times what is chosen from.
const decisions = fc.array(fc.noBias(fc.nat(0xff)), { minLength: DECISIONS, maxLength: DECISIONS });
/** Kinds by how often they are taken: what smxc is about more often than the rest. */
const CHOICES: readonly LayerKind[] = [
  ...KINDS,
  ...repeated(4, "mix_conv", "sparse_block"),
  ...repeated(2, "route", "conv"),
];
const step = fc.record({ kind: fc.noBias(fc.nat(CHOICES.length - 1)).map((index) => CHOICES[index]!), decisions });

export const recipe: fc.Arbitrary<Recipe> = fc.record({
  seed: fc.noBias(fc.nat(0xffff)),
  start: decisions,
  steps: fc.array(step, { minLength: 1, maxLength: LONGEST, size: "max" }),
});

function repeated(times: number, ...kinds: readonly LayerKind[]): readonly LayerKind[] {
  return Array.from({ length: times }, () => kinds).flat();
}

export const randomModel: fc.Arbitrary<RandomModel> = recipe.map(modelFrom);

export function modelFrom({ seed, start, steps }: Recipe): RandomModel {
  const draft = new Draft();
  const size = addMainInput(draft, new Tape(start));
  for (const { kind, decisions: numbers } of steps) GENERATORS[kind](draft, new Tape(numbers));
  if (draft.layers.length === 0) GENERATORS.relu(draft, new Tape([]));
  const layers = new Set(draft.layers.map(({ name }) => name));
  const unread = draft.unread().filter((name) => layers.has(name));
  const shown = draft.values.filter(({ name }) => !unread.includes(name)).at((start.at(-1) ?? 0) % 7);
  const outputs = [...unread, ...((start.at(-2) ?? 0) % 4 === 3 && shown ? [shown.name] : [])];
  const document: ModelDocument = {
    version: 1,
    name: "random",
    weights: { file: "model.weights.safetensors" },
    inputs: draft.inputs,
    layers: draft.layers,
    outputs,
  };
  const sizes = draft.values.filter(({ name }) => draft.inputs.some((input) => input.name === name));
  return {
    document,
    tensors: Object.fromEntries(draft.tensors),
    inputs: Object.fromEntries([
      [draft.inputs[0]!.name, size],
      ...sizes.map((value) => [value.name, value.size] as const),
    ]),
    seed,
  };
}

/** A picture, a feature map or a burst; batch, height and width fixed or open. */
function addMainInput(draft: Draft, tape: Tape): readonly number[] {
  const batch = tape.integer(1, 3);
  const channels = tape.pick([3, 4, 1, 2, 6, 8]);
  const [height, width] = [tape.pick([5, 7, 4, 1, 9, 6, 3]), tape.pick([5, 6, 3, 8, 1, 7])];
  const frames = tape.chance(8) ? [tape.integer(1, 3)] : [];
  const open = (symbol: string, value: number): string | number => (tape.chance(4) ? value : symbol);
  const size = [batch, channels, ...frames, height, width];
  draft.input("x", [open("N", batch), channels, ...frames, open("H", height), open("W", width)], size);
  return size;
}

/** The weights of a model, rounded to float32. Kernels keep the scale of what they read, routers are decided. */
export function storeOf({ tensors, seed }: RandomModel): TensorStore {
  const stored = Object.entries(tensors).map(([name, shape]): [string, StoredTensor] => {
    const values = valuesFor(`${seed}:${name}`, shape, rangeOf(name, shape));
    return [name, { name, dtype: "float32", shape, read: async () => values }];
  });
  return { tensors: new Map(stored), others: new Map(), metadata: new Map() };
}

function rangeOf(name: string, shape: readonly number[]): readonly [least: number, most: number] {
  if (name.endsWith("running_var")) return [0.5, 1.5];
  if (shape.length < 2) return [-1, 1];
  const gain = /\.(mlp\.|fc)[0-9]/.test(name) ? 4 : 1.5;
  const reach = gain / Math.sqrt(sizeOf(shape) / shape[0]!);
  return [-reach, reach];
}

export function inputsOf({ inputs, seed }: RandomModel): ReadonlyMap<string, DenseTensor> {
  return new Map(
    Object.entries(inputs).map(([name, shape]) => [
      name,
      dense(shape, valuesFor(`${seed}:input:${name}`, shape, [-1, 1])),
    ]),
  );
}

function valuesFor(text: string, shape: readonly number[], [least, most]: readonly [number, number]): Float32Array {
  // FNV-1a, so that every tensor has numbers of its own.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const next = randomNumbers(hash);
  return Float32Array.from({ length: sizeOf(shape) }, () => least + (most - least) * next());
}
