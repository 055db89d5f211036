/** Several runs at a time, whose results are handed on one after the other, as if they had run so. */

export interface RunsInOrderOptions<Result> {
  /** Runs that are done at a time, as `Session.parallel` says: one more is kept waiting, so that none waits for its feeds. */
  readonly parallel: number;
  readonly signal?: AbortSignal | undefined;
  /** Takes the results, in the order of the starts. */
  use(result: Result): void | Promise<void>;
}

interface Flight<Result> {
  readonly result: Promise<Result>;
  isDone: boolean;
}

/**
 * Starts runs, of which no more than `parallel` + 1 are in flight or wait to be handed on, so that memory is bounded and
 * what is made of the results does not depend on how many run at a time.
 */
export class RunsInOrder<Result> {
  private readonly options: RunsInOrderOptions<Result>;
  private readonly flight: Flight<Result>[] = [];

  constructor(options: RunsInOrderOptions<Result>) {
    this.options = options;
  }

  /**
   * Starts a run once there is room for it. One call at a time.
   *
   * @throws the signal's reason; what an earlier run, or the use of its result, threw
   */
  async start(run: () => Promise<Result>): Promise<void> {
    while (this.flight.length > this.options.parallel) await this.handOn();
    this.options.signal?.throwIfAborted();
    const flight: Flight<Result> = { result: run(), isDone: false };
    const done = (): void => {
      flight.isDone = true;
    };
    // Whoever fails first is reported when it is its turn; those behind it are forgotten.
    flight.result.then(done, done);
    this.flight.push(flight);
  }

  /** Hands on what is done and has its turn, and waits for nothing else. Throws as `start` does. */
  async handOnDone(): Promise<void> {
    while (this.flight[0]?.isDone) await this.handOn();
  }

  /** Hands on what is still in flight. Throws as `start` does. */
  async end(): Promise<void> {
    while (this.flight.length > 0) await this.handOn();
  }

  private async handOn(): Promise<void> {
    const { signal, use } = this.options;
    const result = await orAborted(this.flight.shift()!.result, signal);
    await use(result);
  }
}

/** Runs every item, and takes the results in the order of the items. Throws as `RunsInOrder.start` does. */
export async function runInOrder<Item, Result>(
  items: Iterable<Item>,
  run: (item: Item) => Promise<Result>,
  {
    use,
    ...options
  }: Omit<RunsInOrderOptions<Result>, "use"> & {
    use(result: Result, item: Item, index: number): void | Promise<void>;
  },
): Promise<void> {
  let index = 0;
  const runs = new RunsInOrder<{ readonly item: Item; readonly result: Result }>({
    ...options,
    use: ({ item, result }) => use(result, item, index++),
  });
  for (const item of items) await runs.start(async () => ({ item, result: await run(item) }));
  await runs.end();
}

/** A run cannot be stopped, but nobody waits for one that is not wanted any more. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
