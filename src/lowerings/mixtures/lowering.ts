import type { Shape } from "../../ir/dim.js";
import type { MixConvAttributes } from "../../ir/ops/mixture.js";
import type { LowerSite } from "../site.js";
import type { Target } from "../targets.js";

/** What a lowering is asked about. */
export interface MixConvProblem {
  readonly attributes: MixConvAttributes;
  /** Shape of x, [N,C,H,W]. */
  readonly x: Shape;
  /** Shapes of the factors, [N or 1, k or 1, blocks] each. */
  readonly factors: readonly Shape[];
  readonly target: Target;
  /** Whether the one factor is a hard choice. */
  readonly oneHot: boolean;
}

/** A value of `--lowering`. */
export interface LoweringInfo {
  readonly name: string;
  readonly description: string;
  /** Where it is of use. */
  readonly targets: readonly Target[];
}

/** One way to run a mixed convolution in ONNX. One file per lowering; the table is `index.ts`. */
export interface Lowering extends LoweringInfo {
  /** Undefined when the lowering can run the problem, else the reason why it cannot. */
  refuses(problem: MixConvProblem): string | undefined;
  emit(attributes: MixConvAttributes, site: LowerSite): void;
}
