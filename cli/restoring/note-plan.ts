import type { Image } from "../../src/pictures/image.js";
import { planText } from "../../src/restore/cost/cost-text.js";
import type { Network } from "../../src/restore/network.js";
import type { Output } from "../terminal/output.js";

/** Shorter runs (in seconds) are not announced. */
const SHORT = 2;

/** Announces how a picture will run, with the expected time and memory, and what another way would need. */
export async function notePlan(
  { note }: Pick<Output, "note">,
  { restorer }: Pick<Network, "restorer">,
  { width, height }: Pick<Image, "width" | "height">,
): Promise<void> {
  const plan = await restorer.plan?.({ width, height });
  if (plan !== undefined && plan.chosen.seconds > SHORT) note(planText(plan));
}
