import type { Image } from "../../src/pictures/image.js";
import { planText } from "../../src/restore/cost/cost-text.js";
import type { Network } from "../../src/restore/network.js";
import type { Output } from "../terminal/output.js";

/** Seconds of work of which nothing is said before it. */
const SHORT = 2;

/** Says before the work what it takes, how it is done, and what another way would take. */
export async function tellPlan(
  { note }: Pick<Output, "note">,
  { restorer }: Pick<Network, "restorer">,
  { width, height }: Pick<Image, "width" | "height">,
): Promise<void> {
  const plan = await restorer.plan?.({ width, height });
  if (plan !== undefined && plan.chosen.seconds > SHORT) note(planText(plan));
}
