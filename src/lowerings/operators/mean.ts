import type { Shape } from "../../ir/dim.js";
import type { LowerSite } from "../site.js";
import { TARGET_PROFILES } from "../targets.js";

/** The axes of a feature map [N,C,H,W] that a mean is taken over. */
const PLANE = [2, 3];

/** The mean of the first input over its height and width as [N,C], under the given name. */
export function emitFlatMean({ e, name, read }: LowerSite, label: string, shape: Shape): string {
  if (means(e.options.target) === "ReduceMean") return e.reduce("ReduceMean", label, read(0), PLANE, false, shape);
  const mean = e.op("GlobalAveragePool", `${name}/mean`, [read(0)], [...shape, 1, 1]);
  return e.op("Flatten", label, [mean], shape, { axis: 1 });
}

/** The same as the site's result, [N,C] where it is `flat`, [N,C,1,1] else. */
export function emitMeanResult(site: LowerSite, flat: boolean): void {
  const { e, name, shape, read } = site;
  if (means(e.options.target) === "ReduceMean") {
    const { inputs, attributes } = e.reduction("ReduceMean", read(0), PLANE, !flat);
    site.result("ReduceMean", inputs, attributes);
  } else if (flat) {
    const mean = e.op("GlobalAveragePool", `${name}/mean`, [read(0)], [...shape, 1, 1]);
    site.result("Flatten", [mean], { axis: 1 });
  } else {
    site.result("GlobalAveragePool", [read(0)]);
  }
}

function means(target: keyof typeof TARGET_PROFILES): "GlobalAveragePool" | "ReduceMean" {
  return TARGET_PROFILES[target].means;
}
