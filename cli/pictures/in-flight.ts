/** Several pieces of work at the same time, whose results are reported in the order of the pieces. */

export interface InFlight<T, R> {
  /** So many pieces are begun and not done, at most. */
  readonly count: number;
  /** May end early, by the signal's reason, once it is aborted. */
  work(item: T, index: number, signal: AbortSignal): Promise<R>;
  /** Called with the results in the order of the items; of those that were not done there is none. */
  onResult(result: R, index: number): void;
  /** Whether a result ends all: then no further piece is begun, and those in flight are called off. */
  endsAll(result: R): boolean;
}

/**
 * Begins the items in their order.
 *
 * @throws what a piece of work throws, once no other is in flight any more
 */
export async function workInFlight<T, R>(
  items: readonly T[],
  { count, work, onResult, endsAll }: InFlight<T, R>,
): Promise<void> {
  const calledOff = new AbortController();
  const { signal } = calledOff;
  const results = new Map<number, { readonly result: R } | undefined>();
  let [next, handed] = [0, 0];
  const done = (index: number, result: { readonly result: R } | undefined): void => {
    results.set(index, result);
    for (; results.has(handed); handed++) {
      const first = results.get(handed);
      results.delete(handed);
      if (first !== undefined) onResult(first.result, handed);
    }
  };
  const lane = async (): Promise<void> => {
    while (next < items.length && !signal.aborted) {
      const index = next++;
      try {
        const result = await work(items[index]!, index, signal);
        // What ends all a second time says nothing new.
        done(index, signal.aborted && endsAll(result) ? undefined : { result });
        if (endsAll(result)) calledOff.abort();
      } catch (cause) {
        if (!signal.aborted || cause !== signal.reason) throw cause;
        done(index, undefined);
      }
    }
  };
  const lanes = Array.from({ length: Math.min(count, items.length) }, () =>
    lane().catch((cause: unknown) => {
      calledOff.abort();
      throw cause;
    }),
  );
  const failed = (await Promise.allSettled(lanes)).find((each) => each.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Lets so many in at a time, in the order in which they came. */
export class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
