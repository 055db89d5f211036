import { SmxcError } from "../base/diagnostics.js";
import { sharpMissing } from "./errors.js";

/** Loaded only when a picture is: its native library takes a moment. */
async function loadSharp(): Promise<SharpModule> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new SmxcError([sharpMissing((cause as Error).message)], "io");
  }
}

export type SharpModule = typeof import("sharp")["default"];
export { loadSharp };
