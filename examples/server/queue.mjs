/** Runs one piece of work after the other, and lets a few wait. */
export class BoundedQueue {
  #waiting = [];
  #running = false;
  #most;
  #idle = [];

  /** @param {number} most pieces of work that may wait, beside the one that runs */
  constructor(most) {
    this.#most = most;
  }

  get waiting() {
    return this.#waiting.length;
  }

  get isFull() {
    return this.#running && this.#waiting.length >= this.#most;
  }

  /**
   * What is aborted while it waits gives its place away at once.
   *
   * @template T
   * @param {() => Promise<T>} work
   * @param {AbortSignal} signal
   * @returns {Promise<T>} rejects with the signal's reason when that is aborted before the work begins
   */
  run(work, signal) {
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

  /** Resolves when nothing runs and nothing waits. */
  whenIdle() {
    return this.#running ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  async #next() {
    if (this.#running) return;
    const entry = this.#waiting.shift();
    if (entry === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    this.#running = true;
    await entry.start();
    this.#running = false;
    this.#next();
  }
}
