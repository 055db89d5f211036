import { totalmem } from "node:os";
import { halfOf } from "./memory.js";

/**
 * Bytes that runs may take where nobody says it: half of the machine's memory, or of what a container may use where that is
 * less. Not of what is free now, so that a picture is restored in the same way each time.
 */
export function defaultMemory(): number {
  // 0 where nothing constrains the process; absent before Node 20.11.
  return halfOf(totalmem(), process.constrainedMemory?.() ?? 0);
}
