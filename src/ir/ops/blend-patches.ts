import { shapeText } from "../dim.js";
import { type PatchRule, patchGrid } from "../patch-rule.js";
import { dense } from "./dense-tensor.js";
import { extractPatches } from "./extract-patches.js";
import { operator, RuleError, requireRank } from "./operator.js";

/**
 * Puts patches back: each loses its frame and is added, with its weight, where `extract_patches` took it; then all is
 * divided by the summed weights. Inputs: patches [N·n, C, rows, columns]; the value that was cut [N,·,H,W], of which
 * only the size is read. Result [N,C,H,W].
 */
export const blendPatches = operator<PatchRule>({
  batch: "joins",
  infer(rule, [patches, cut]) {
    requireRank("what is blended", patches!, 4);
    const [count, , rows, columns] = extractPatches.infer(rule, [cut!]);
    const expected = [count!, patches![1]!, rows!, columns!];
    if (shapeText(patches!) !== shapeText(expected)) {
      throw new RuleError(
        `patches of ${shapeText(patches!)} cannot be blended to a picture whose patches are ${shapeText(expected)}`,
        "the region that runs on patches must keep their height and width",
      );
    }
    return [cut![0]!, patches![1]!, cut![2]!, cut![3]!];
  },
  evaluate(rule, [patches, cut]) {
    const [batch, , height, width] = cut!.shape as [number, number, number, number];
    const channels = patches!.shape[1]!;
    const { frame, rows, columns, patches: placed } = patchGrid(rule, height, width);
    const y = dense([batch, channels, height, width]);
    const weights = new Float64Array(height * width);
    placed.forEach(({ row, column, weight }, index) => {
      for (let i = 0; i < rows.inner; i++)
        for (let j = 0; j < columns.inner; j++) {
          const to = (row + i) * width + column + j;
          weights[to]! += weight;
          for (let n = 0; n < batch; n++)
            for (let c = 0; c < channels; c++) {
              const plane = (n * placed.length + index) * channels + c;
              const from = (plane * rows.patch + i + frame) * columns.patch + j + frame;
              y.data[(n * channels + c) * height * width + to]! += weight * patches!.data[from]!;
            }
        }
    });
    return { shape: y.shape, data: y.data.map((value, i) => value / weights[i % weights.length]!) };
  },
});
