export class QueueFull extends Error {}

/** Runs one piece of work after the other, and lets a few wait. */
export class BoundedQueue {
  #waiting = [];
  #running = false;
  #most;
  #admitted = 0;
  #idle = [];

  /** @param {number} most requests that may wait or be received, beside the one whose work runs */
  constructor(most) {
    this.#most = most;
  }

  /** Requests that are received, wait or are answered. */
  get admitted() {
    return this.#admitted;
  }

  /** Pieces of work that wait for their turn. */
  get waiting() {
    return this.#waiting.length;
  }

  /**
   * A request has its place before its body is read, so that the bodies in memory are bounded too.
   *
   * @template T
   * @param {(inTurn: (work: () => Promise<T>, signal: AbortSignal) => Promise<T>) => Promise<T>} handle
   * @returns {Promise<T>}
   * @throws {QueueFull} where every place is taken
   */
  async admit(handle) {
    if (this.#admitted > this.#most) throw new QueueFull();
    this.#admitted++;
    try {
      return await handle((work, signal) => this.#run(work, signal));
    } finally {
      this.#admitted--;
      this.#tellIdle();
    }
  }

  /**
   * What is aborted while it waits gives its place away at once.
   *
   * @template T
   * @param {() => Promise<T>} work
   * @param {AbortSignal} signal
   * @returns {Promise<T>} rejects with the signal's reason when that is aborted before the work begins
   */
  #run(work, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const entry = {
        start: () => {
          signal.removeEventListener("abort", entry.leave);
          return work().then(resolve, reject);
        },
        leave: () => {
          this.#waiting = this.#waiting.filter((each) => each !== entry);
          reject(signal.reason);
        },
      };
      signal.addEventListener("abort", entry.leave, { once: true });
      this.#waiting.push(entry);
      this.#next();
    });
  }

  /** Resolves when no request is there. */
  whenIdle() {
    return this.#admitted > 0 ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  #tellIdle() {
    if (this.#admitted === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #next() {
    if (this.#running) return;
    const entry = this.#waiting.shift();
    if (entry === undefined) return;
    this.#running = true;
    await entry.start();
    this.#running = false;
    this.#next();
  }
}
