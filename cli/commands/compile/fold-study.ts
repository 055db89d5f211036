/** The loss on pictures of a routing other than the network's own. */

import type { Lines } from "../../../src/base/text/lines.js";
import { decibelsJson, decibelsText } from "../../../src/pictures/decibels.js";
import { table } from "../../terminal/table.js";
import type { ImageCost } from "./fold-sources.js";

export interface FoldStudy {
  readonly variation: ReadonlyMap<string, number>;
  readonly cost: readonly ImageCost[];
}

export function foldStudyText(study: FoldStudy): Lines {
  const layers = [...study.variation].map(([name, value]) => [name, value.toFixed(4)]);
  return [
    ...table(["β of a layer", "largest deviation from the mean"], layers),
    "",
    ...costText("folded compared with dynamic", study.cost),
  ];
}

/** @param what is compared with what */
export function costText(what: string, costs: readonly ImageCost[]): Lines {
  const images = costs.map(({ image, cost }) =>
    cost === undefined
      ? [image, "NaN or infinite values", "", ""]
      : [image, decibelsText(cost.psnr), decibelsText(cost.picturePsnr), cost.maxError.toExponential(2)],
  );
  return [...table([what, "PSNR", "PSNR as 8-bit pictures", "largest error"], images), ""];
}

export function foldStudyJson({ variation, cost }: FoldStudy): object {
  return { variation: Object.fromEntries(variation), images: costJson(cost) };
}

export function costJson(costs: readonly ImageCost[]): readonly object[] {
  return costs.map(({ image, cost: each }) =>
    each === undefined
      ? { image, psnr: null, picturePsnr: null, maxError: null, reason: "NaN or infinite values" }
      : {
          image,
          ...decibelsJson("psnr", each.psnr),
          ...decibelsJson("picturePsnr", each.picturePsnr),
          maxError: each.maxError,
        },
  );
}
