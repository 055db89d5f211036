/** Steps that each byte of a pickle pays for. A tensor takes some 45 bytes and a dozen steps. */
export const STEPS_PER_BYTE = 8;

/** Steps that are free, so that the smallest pickles are read as well. */
export const FREE_STEPS = 10_000;

/**
 * Counts the values that are looked at where a pickle can make one value count many times: a list that is memorised once
 * and recalled as the argument of every call, a dict that is the entry of many others. What is looked at is bounded by
 * the bytes that are there.
 */
export class Steps {
  private count = 0;

  /**
   * @param bytes how many bytes of the pickle are read so far
   * @param exceeded gets the bound that was reached, and throws
   */
  constructor(
    private readonly bytes: () => number,
    private readonly exceeded: (limit: number) => never,
  ) {}

  get spent(): number {
    return this.count;
  }

  spend(count: number): void {
    this.count += count;
    const limit = STEPS_PER_BYTE * this.bytes() + FREE_STEPS;
    if (this.count > limit) this.exceeded(limit);
  }
}
