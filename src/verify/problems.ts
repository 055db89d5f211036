/** Inputs on which a compiled graph is compared with the reference. */
import { SmxcError } from "../base/diagnostics.js";
import { randomNumbers } from "../base/random.js";
import { type Dim, dimText, type Shape } from "../ir/dim.js";
import type { Graph } from "../ir/graph.js";
import { inferNode } from "../ir/infer.js";
import { type DenseTensor, sizeOf } from "../ir/ops/dense-tensor.js";
import { RuleError } from "../ir/ops/operator.js";
import { workOf } from "../ir/work.js";
import * as errors from "./errors.js";

/** Concrete inputs of a graph, by name. */
export interface Problem {
  readonly label: string;
  readonly inputs: ReadonlyMap<string, DenseTensor>;
}

/** Multiply-accumulates, and values, that the reference interpreter may spend on one problem: about a second. */
const WORK_PER_PROBLEM = 6e8;
/** And on all of them. */
const WORK_OF_PROBLEMS = 7e8;
/** What it costs to read a weight, for each problem anew, beside a multiplication by it. */
const WORK_PER_WEIGHT = 8;
/** Of an input: 2 GiB in float64. */
export const MOST_ELEMENTS = 2 ** 28;

/** Batches and sizes to try, the most telling first: several samples, sides that differ, odd sides. */
export const CANDIDATES: readonly (readonly [batch: number, height: number, width: number])[] = [
  [2, 24, 20],
  [1, 25, 23],
  [2, 12, 10],
  [1, 13, 11],
  [1, 9, 12],
  // Where pictures are taken in squares of four pixels.
  [1, 12, 8],
  [1, 6, 8],
  [1, 4, 5],
  // For networks of tens of millions of weights.
  [1, 2, 3],
  [1, 2, 2],
  // For networks that refuse small pictures.
  [1, 48, 40],
  [1, 96, 80],
];

/** A few small problems of different batches and sizes, as far as the graph leaves them open. */
export function smallProblems(graph: Graph, count = 3): readonly Problem[] {
  const problems = new Map<string, Problem>();
  let left = WORK_OF_PROBLEMS;
  for (const candidate of CANDIDATES) {
    if (problems.size === count) break;
    const shapes = candidateShapes(graph, candidate);
    const label = shapesLabel(shapes);
    if (problems.has(label)) continue;
    const work = referenceWork(graph, shapes);
    if (!(work <= Math.min(left, WORK_PER_PROBLEM))) continue;
    left -= work;
    problems.set(label, randomProblem(shapes, problems.size + 1));
  }
  return [...problems.values()];
}

/** Whether the most telling of them are left out for the time that the reference interpreter would take. */
export function areProblemsReduced(graph: Graph): boolean {
  const work = referenceWork(graph, candidateShapes(graph, CANDIDATES[0]!));
  return Number.isFinite(work) && work > WORK_PER_PROBLEM;
}

function referenceWork(graph: Graph, shapes: ReadonlyMap<string, readonly number[]>): number {
  const weights = [...graph.constants.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return workOf(graph, shapes) + WORK_PER_WEIGHT * weights;
}

type Candidate = (typeof CANDIDATES)[number];

function candidateShapes(graph: Graph, [batch, height, width]: Candidate): ReturnType<typeof concreteShapes> {
  return concreteShapes(graph, (axis, rank) =>
    axis === 0 ? batch : axis === rank - 1 ? width : axis === rank - 2 ? height : 3,
  );
}

/** The inputs' shapes with every open size chosen; equal symbols get equal sizes. */
function concreteShapes(
  graph: Graph,
  choose: (axis: number, rank: number) => number,
): ReadonlyMap<string, readonly number[]> {
  const chosen = new Map<string, number>();
  const size = (dim: Dim, axis: number, rank: number): number => {
    if (typeof dim === "number") return dim;
    const symbol = dimText(dim);
    const known = chosen.get(symbol) ?? choose(axis, rank);
    chosen.set(symbol, known);
    return known;
  };
  return new Map(
    graph.inputs.map(({ name, shape }) => [name, shape.map((dim, axis) => size(dim, axis, shape.length))]),
  );
}

/**
 * Concrete sizes of all inputs when the main input has the given shape; without one, sizes that the graph leaves open are
 * a batch of 1 and 48 elsewhere.
 *
 * @throws SmxcError `usage/shape` where the main input cannot have the shape.
 */
export function inputSizes(graph: Graph, shape: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const main = graph.inputs[0]!.shape;
  const symbols = new Map(
    main.flatMap((dim, axis) =>
      typeof dim === "number" ? [] : [[dimText(dim), shape[axis] ?? (axis === 0 ? 1 : 48)]],
    ),
  );
  const size = (dim: Dim): number => (typeof dim === "number" ? dim : (symbols.get(dimText(dim)) ?? 1));
  const given = main.map(size);
  if (shape.length > 0 && (shape.length !== main.length || given.some((dim, axis) => dim !== shape[axis]))) {
    throw new SmxcError([errors.misfit(graph.inputs[0]!.name, shape, main.map(dimText))], "usage");
  }
  return new Map(graph.inputs.map(({ name, shape: declared }) => [name, declared.map(size)]));
}

/**
 * Whether the network takes inputs of these sizes at all.
 *
 * @throws SmxcError `usage/shape` with the first layer that refuses them, and its rule
 */
export function checkSizes(graph: Graph, inputs: ReadonlyMap<string, readonly number[]>): void {
  const shapes = new Map<string, Shape>([
    ...inputs,
    ...[...graph.constants].map(([name, { shape }]) => [name, shape] as const),
  ]);
  for (const node of graph.nodes) {
    try {
      shapes.set(
        node.name,
        inferNode(
          node,
          node.inputs.map((input) => shapes.get(input)!),
        ),
      );
    } catch (cause) {
      if (!(cause instanceof RuleError)) throw cause;
      throw new SmxcError([errors.impossibleSize(shapesLabel(inputs), node.origin.layer, cause)], "usage");
    }
  }
}

/**
 * Uniform values in [0,1), rounded to float32 so that both sides read the same.
 *
 * @throws SmxcError `verify/too-large`
 */
export function randomProblem(shapes: ReadonlyMap<string, readonly number[]>, seed: number): Problem {
  const next = randomNumbers(seed);
  const inputs = new Map(
    [...shapes].map(([name, shape]) => {
      if (!(sizeOf(shape) <= MOST_ELEMENTS)) throw new SmxcError([errors.inputTooLarge(name, shape)]);
      const data = Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(next()));
      return [name, { shape, data }];
    }),
  );
  return { label: shapesLabel(shapes), inputs };
}

export function shapesLabel(shapes: ReadonlyMap<string, readonly number[]>): string {
  return [...shapes].map(([name, shape]) => `${name} ${shape.join("x")}`).join(", ");
}
