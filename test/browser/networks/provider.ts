/**
 * The networks of `fixtures/` on one provider, against PyTorch's numbers and the reference interpreter. The rows that this
 * prints are the README's table.
 */
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../../../src/compile.js";
import type { CompileOptions } from "../../../src/compile-options.js";
import type { DenseTensor } from "../../../src/ir/ops/dense-tensor.js";
import type { Target } from "../../../src/lowerings/targets.js";
import { encoded, relativeError, type Values } from "../../support/sessions.js";
import { ORACLE, PATCHES, type Problem, TRAINED } from "./problems.js";

/** Relative to the largest |y|. */
const TOLERANCE = 1e-5;

export interface Provider {
  readonly name: string;
  readonly target: Target;
  /** Names of networks that are left to other providers. */
  readonly leaves?: readonly string[];
  /**
   * Runs a graph once and gives its output `y`. Its session stays open until all are done: what WebGPU compiled for one
   * graph serves the next as long as there is a session.
   */
  run(graph: Uint8Array, inputs: Values, noFallback: boolean): Promise<DenseTensor>;
}

export function describeProvider({ name, target, leaves = [], run }: Provider): void {
  describe(name, () => {
    const errors = new Map<Problem, number>();
    const isRun = (problem: Problem): boolean => !leaves.includes(problem.name);
    const [oracle, trained] = [ORACLE.filter(isRun), TRAINED.filter(isRun)];

    const solve = async (problem: Problem, sizes: "fixed" | "open"): Promise<void> => {
      const { model, inputs, y } = await problem.make();
      const [main] = [...inputs.values()].map(({ shape }) => shape);
      const fixed: CompileOptions = { batch: main![0]!, height: main!.at(-2)!, width: main!.at(-1)! };
      const options = { target, ...(sizes === "fixed" ? fixed : {}) };
      const bytes = await encoded(compile(model.spec, model.weights, options).model);
      const error = relativeError(await run(bytes, inputs, sizes === "fixed"), y);
      errors.set(problem, error);
      expect(error).toBeLessThanOrEqual(TOLERANCE);
    };

    // A graph of open sizes computes with integers, which run on the CPU; one of fixed sizes must run on WebGPU alone.
    it.each([...oracle, ...trained])("runs $name", (problem) => solve(problem, target === "webgpu" ? "fixed" : "open"));

    it(`runs ${PATCHES.name}`, () => solve(PATCHES, "open"));

    afterAll(() => {
      const worst = (problems: readonly Problem[]): string =>
        Math.max(...problems.map((each) => errors.get(each) ?? Number.NaN)).toExponential(1);
      console.log(`| ${name} | ${worst(oracle)} | ${worst(trained)} | ${worst([PATCHES])} |`);
    });
  });
}
