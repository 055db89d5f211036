/** What becomes of a picture that did not fail. */
import type { Image } from "../../src/pictures/image.js";
import type { RunReport } from "../../src/restore/restorer.js";
import type { PicturePair } from "../pictures/plan.js";

export type Size = Pick<Image, "width" | "height">;

/** A picture that was written. */
export interface Restored extends PicturePair {
  readonly from: Size;
  readonly to: Size;
  readonly seconds: number;
  readonly report: RunReport;
}

/** A picture that was written, or one that an earlier run wrote. */
export type Outcome = Restored | PicturePair;

export function isWritten(outcome: Outcome): outcome is Restored {
  return "report" in outcome;
}
