import { direct } from "./mixtures/direct.js";
import { experts } from "./mixtures/experts.js";
import { gather } from "./mixtures/gather.js";
import { grouped } from "./mixtures/grouped.js";
import type { Lowering, LoweringInfo } from "./mixtures/lowering.js";
import { unfold } from "./mixtures/unfold.js";
import { windows } from "./mixtures/windows.js";
import { FORM_PREFIX } from "./winograd/choose-form.js";
import { FORMS } from "./winograd/forms.js";

/** The ways to run one mixed convolution by itself, the first that can is the one to take. */
export const MIX_LOWERINGS: readonly Lowering[] = [gather, direct, grouped, unfold, windows, experts];

/** All values of `--lowering` besides `auto`. The forms of Winograd are planned for whole graphs, in `winograd/`. */
export const LOWERINGS: readonly LoweringInfo[] = [
  ...MIX_LOWERINGS,
  ...FORMS.map(
    (form): LoweringInfo => ({
      name: `${FORM_PREFIX}${form.name}`,
      description: `separable Winograd convolutions with cells of ${form.rows.m}×${form.columns.m} (3×3 kernels, stride 1; any batch and size)`,
      targets: ["cpu", "wasm"],
    }),
  ),
];
