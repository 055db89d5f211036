/** How much memory runs may take where nobody says it. */

/** Where it is not known how much there is. */
export const UNKNOWN_MEMORY = 2 ** 31;

/** @param constrained what a container may use; 0, or more than there is, where there is no such limit */
export function halfOf(total: number, constrained: number): number {
  return Math.floor((constrained > 0 ? Math.min(total, constrained) : total) / 2);
}

/** @param deviceMemory GiB that a browser reports of its machine, at most 8 */
export function browserMemory(deviceMemory: number | undefined): number {
  return deviceMemory === undefined ? UNKNOWN_MEMORY : halfOf(deviceMemory * 2 ** 30, 0);
}
