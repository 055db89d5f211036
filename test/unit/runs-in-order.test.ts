import { describe, expect, it } from "vitest";
import { RunsInOrder, runInOrder } from "../../src/restore/runs-in-order.js";

/** Runs that end when they are told to. */
function manual() {
  const waiting = new Map<number, { resolve(value: number): void; reject(cause: Error): void }>();
  const started: number[] = [];
  const run = (item: number): Promise<number> => {
    started.push(item);
    return new Promise((resolve, reject) => waiting.set(item, { resolve, reject }));
  };
  return { run, started, end: (item: number) => waiting.get(item)!.resolve(item * 10), waiting };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("runs in order", () => {
  it("keeps one more in flight than run at a time, and hands results on in the order of the starts", async () => {
    const { run, started, end } = manual();
    const used: [number, number, number][] = [];
    const all = runInOrder([0, 1, 2, 3, 4], run, {
      parallel: 2,
      use: (...found) => void used.push(found),
    });
    await settled();
    expect(started).toEqual([0, 1, 2]);
    end(2);
    end(1);
    await settled();
    expect([started, used]).toEqual([[0, 1, 2], []]);
    end(0);
    await settled();
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(used).toEqual([0, 1, 2].map((item) => [item * 10, item, item]));
    end(4);
    end(3);
    await all;
    expect(used).toEqual([0, 1, 2, 3, 4].map((item) => [item * 10, item, item]));
  });

  it("hands on what is done when it is asked to, before there is no more room", async () => {
    const { run, end } = manual();
    const used: number[] = [];
    const runs = new RunsInOrder<number>({ parallel: 4, use: (result) => void used.push(result) });
    for (const item of [0, 1, 2]) await runs.start(() => run(item));
    end(0);
    end(2);
    await settled();
    await runs.handOnDone();
    expect(used).toEqual([0]);
    end(1);
    await settled();
    await runs.handOnDone();
    expect(used).toEqual([0, 10, 20]);
    await runs.end();
    expect(used).toHaveLength(3);
  });

  it("tells the first failure in the order of the starts, starts nothing more, and leaves none unhandled", async () => {
    const { run, started, waiting } = manual();
    const used: number[] = [];
    const all = runInOrder([0, 1, 2, 3, 4, 5], run, { parallel: 2, use: (result) => void used.push(result) });
    await settled();
    waiting.get(2)!.reject(new Error("third"));
    waiting.get(1)!.reject(new Error("second"));
    await settled();
    waiting.get(0)!.resolve(0);
    await expect(all).rejects.toThrow("second");
    expect(used).toEqual([0]);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it("waits for no run when it is aborted", async () => {
    const { run } = manual();
    const abort = new AbortController();
    const all = runInOrder([0, 1, 2, 3], run, { parallel: 1, signal: abort.signal, use: () => {} });
    await settled();
    abort.abort(new Error("enough"));
    await expect(all).rejects.toThrow("enough");
  });

  it("starts nothing that was aborted before", async () => {
    const { run, started } = manual();
    const signal = AbortSignal.abort(new Error("never"));
    await expect(runInOrder([0], run, { parallel: 1, signal, use: () => {} })).rejects.toThrow("never");
    expect(started).toEqual([]);
  });

  it("takes the results of slow users one at a time", async () => {
    let inside = 0;
    let most = 0;
    await runInOrder([1, 2, 3, 4, 5], async (item) => item, {
      parallel: 3,
      use: async () => {
        most = Math.max(most, ++inside);
        await settled();
        inside--;
      },
    });
    expect(most).toBe(1);
  });
});
