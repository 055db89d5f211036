/** Compiles again if the result differs from the reference only because of rounding. */
import type { LoweringOptions } from "../../../src/compile-options.js";
import { CompiledDiffers, withoutWinograd } from "../../../src/verify/errors.js";
import { MOST_MAGNIFIED } from "../../../src/verify/tolerances.js";
import type { Context } from "../../flags/command.js";

/**
 * Compiles with the requested lowerings. If Winograd was chosen automatically and the network magnifies its rounding
 * errors too much, compiles again without Winograd, with a note.
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
