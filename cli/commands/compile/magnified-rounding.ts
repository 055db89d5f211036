/** What becomes of a compile whose numbers are not those that they should be, for no more than rounding. */
import type { LoweringOptions } from "../../../src/compile-options.js";
import { CompiledDiffers, withoutWinograd } from "../../../src/verify/errors.js";
import { MOST_MAGNIFIED } from "../../../src/verify/tolerances.js";
import type { Context } from "../../flags/command.js";

/**
 * Works with the lowerings that are asked for; where Winograd was taken unasked and the network magnifies its rounding too much, once
 * more without it, which is said.
 */
export async function orWithoutWinograd<Options extends LoweringOptions, T>(
  context: Context,
  asked: Options,
  work: (options: Options) => Promise<T>,
): Promise<T> {
  try {
    return await work(asked);
  } catch (cause) {
    const { lowering = "auto", winograd = true } = asked;
    const isRounding = cause instanceof CompiledDiffers && cause.excess <= MOST_MAGNIFIED;
    if (!isRounding || lowering !== "auto" || !winograd) throw cause;
    context.report(withoutWinograd(cause));
    return work({ ...asked, winograd: false });
  }
}
