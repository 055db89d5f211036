/** A graph beside the one that it was made from: ONNX Runtime runs both. */
import { SmxcError } from "../base/diagnostics.js";
import { randomNumbers } from "../base/random.js";
import type { Port, Session, Tensor } from "../sessions/session.js";
import { elementCount } from "../tensors/tensor.js";
import { compareValues } from "./compare.js";
import { shapeBySample } from "./errors.js";
import type { OutputResult } from "./output-result.js";
import { CANDIDATES, MOST_ELEMENTS } from "./problems.js";
import type { Tolerance } from "./tolerances.js";

/** Inputs of a graph, and what the source makes of them. */
export interface SourceRun {
  readonly label: string;
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** Sizes for every input, by name. */
export type InputSizes = ReadonlyMap<string, readonly number[]>;

/**
 * Batches and sizes to run a graph at, the most telling first, as far as it leaves them open.
 * @param shape of the first input, where one is asked for
 */
export function candidateSizes(inputs: readonly Port[], shape: readonly number[] = []): readonly InputSizes[] {
  const found = new Map<string, InputSizes>();
  for (const [batch, height, width] of CANDIDATES) {
    const chosen = new Map<string, number>();
    const sizes = new Map(
      inputs.map((input, index) => {
        const rank = input.shape.length;
        const own = input.shape.map((dim, axis) => {
          if (typeof dim === "number" && dim >= 0) return dim;
          const usual = axis === 0 ? batch : axis === rank - 1 ? width : axis === rank - 2 ? height : 3;
          const name = typeof dim === "string" && dim !== "" ? dim : `${index}.${axis}`;
          const size = chosen.get(name) ?? (index === 0 ? (shape[axis] ?? usual) : usual);
          chosen.set(name, size);
          return size;
        });
        return [input.name, own] as const;
      }),
    );
    found.set([...sizes.values()].join(";"), sizes);
  }
  return [...found.values()];
}

/** Random inputs: float values in [0,1), whole numbers and truth values 0 or 1. */
export function randomFeeds(inputs: readonly Port[], sizes: InputSizes, seed: number): ReadonlyMap<string, Tensor> {
  const next = randomNumbers(seed);
  return new Map(
    inputs.map(({ name, type }) => {
      const shape = sizes.get(name)!;
      const length = shape.reduce((product, size) => product * size, 1);
      const isFloat = type.startsWith("float");
      const data = Float32Array.from({ length }, () => (isFloat ? next() : Math.round(next())));
      return [name, { shape, data }];
    }),
  );
}

/**
 * Runs the source at some sizes; null where it does not take them, or they are too large to try.
 *
 * @param given inputs that are not drawn
 * @throws SmxcError other than ONNX Runtime's own
 */
export async function runSource(
  source: Session,
  sizes: InputSizes,
  seed: number,
  given: ReadonlyMap<string, Tensor> = new Map(),
): Promise<SourceRun | null> {
  if ([...sizes.values()].some((shape) => elementCount(shape) > MOST_ELEMENTS)) return null;
  const feeds = new Map([...randomFeeds(source.inputs, sizes, seed), ...given]);
  const label = [...sizes].map(([name, size]) => `${name} ${size.join("x")}`).join(", ");
  try {
    return { label, feeds, outputs: await source.run(feeds) };
  } catch (cause) {
    if (cause instanceof SmxcError && cause.diagnostics.every(({ code }) => code === "runtime/failed")) return null;
    throw cause;
  }
}

/** Compares the outputs of a graph with those of its source on one run, in the graph's order. */
export async function compareRun(
  session: Session,
  { label, feeds, outputs }: SourceRun,
  tolerance: Tolerance,
): Promise<readonly OutputResult[]> {
  const actual = await session.run(feeds);
  return [...outputs].flatMap(([output, want]): readonly OutputResult[] => {
    const got = actual.get(output);
    if (got === undefined) return [];
    const sameShape = want.shape.join() === got.shape.join();
    return [
      {
        problem: label,
        output,
        shape: want.shape,
        ...compareValues(want.data, got.data, tolerance),
        ...(sameShape ? {} : { otherShape: got.shape, passed: false }),
      },
    ];
  });
}

/**
 * Runs of single samples as one run of all of them.
 *
 * @param open names of the inputs and outputs whose first axis is one of samples; the others are those of the first run
 * @throws SmxcError `verify/shape-by-sample` where one of them has another shape for each sample
 */
export function joinedRun(runs: readonly SourceRun[], open: readonly string[]): SourceRun {
  const joined = (values: readonly ReadonlyMap<string, Tensor>[]): ReadonlyMap<string, Tensor> =>
    new Map([...values[0]!].map(([name, first]) => [name, open.includes(name) ? joinedSamples(name, values) : first]));
  return {
    label: `${runs[0]!.label}, ${runs.length} samples together`,
    feeds: joined(runs.map(({ feeds }) => feeds)),
    outputs: joined(runs.map(({ outputs }) => outputs)),
  };
}

function joinedSamples(name: string, values: readonly ReadonlyMap<string, Tensor>[]): Tensor {
  const samples = values.map((each) => each.get(name)!);
  const shapes = new Set(samples.map(({ shape }) => shape.join("x")));
  if (shapes.size > 1) throw new SmxcError([shapeBySample(name, [...shapes])]);
  return stacked(samples);
}

/** The samples of tensors, one behind the other. */
export function stacked(tensors: readonly Tensor[]): Tensor {
  const shape = [tensors.reduce((sum, each) => sum + each.shape[0]!, 0), ...tensors[0]!.shape.slice(1)];
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let at = 0;
  for (const tensor of tensors) {
    data.set(tensor.data, at);
    at += tensor.data.length;
  }
  return { shape, data };
}
