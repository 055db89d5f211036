/** Sessions whose runs are done by worker threads; the workers are those of the build. */
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { SmxcError } from "../../src/base/diagnostics.js";
import type { Tensor } from "../../src/sessions/session.js";
import { SessionPool } from "../../src/sessions/workers/session-pool.js";
import { startNodeWorker } from "../../src/sessions/workers/start-worker-node.js";
import type { StartWorker, WorkerPort } from "../../src/sessions/workers/worker-port.js";
import { encoded } from "../support/sessions.js";
import { pixel, tinyGraph } from "./runtime-tiny-graph.js";

const pools: SessionPool[] = [];
const ports: WorkerPort[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.release()));
  await Promise.all(ports.splice(0).map((port) => port.end()));
});

/** A pool, and the workers that it started: `die` is what is heard of one that is gone. */
function poolOf(size: number) {
  const started: { die(): void }[] = [];
  const start: StartWorker = (events) => {
    const port = startNodeWorker(events);
    ports.push(port);
    started.push({ die: () => events.onEnd("it exited with code 1") });
    return port;
  };
  const pool = new SessionPool(start, size);
  pools.push(pool);
  return { pool, started };
}

const OPTIONS = { target: "cpu", threads: 1 } as const;
const tiny = async () => ({ name: "tiny.onnx", bytes: await encoded(tinyGraph()) });

/** One pixel of three channels. */
const onePixel = (value: number): Tensor => ({ data: Float32Array.of(value, 1, 2), shape: [1, 3, 1, 1] });
const resultOf = (value: number): readonly number[] => pixel([value, 1, 2]);

async function codesOf(work: Promise<unknown>): Promise<readonly string[]> {
  const cause = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(cause).toBeInstanceOf(SmxcError);
  return (cause as SmxcError).diagnostics.map(({ code }) => code);
}

describe("a pool", () => {
  it("opens a graph in one worker, starts others as runs wait, and no more than its size", async () => {
    const { pool, started } = poolOf(2);
    const session = await pool.open(await tiny(), OPTIONS);
    expect(session).toMatchObject({ inputNames: ["x"], outputNames: ["y"], parallel: 2 });
    expect(session.inputs[0]).toMatchObject({ name: "x", type: "float32" });
    expect(started).toHaveLength(1);
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) => session.run(new Map([["x", onePixel(index)]]))),
    );
    expect(results.map((outputs) => [...outputs.get("y")!.data])).toEqual(
      Array.from({ length: 100 }, (_, index) => [...Float32Array.from(resultOf(index))]),
    );
    expect(started).toHaveLength(2);
  });

  it("copies what the caller keeps, takes what it gives, hands back what it lends, and reads parts of buffers", async () => {
    const { pool } = poolOf(1);
    const session = await pool.open(await tiny(), OPTIONS);
    const kept = onePixel(5);
    const running = session.run(new Map([["x", kept]]));
    kept.data.fill(0);
    expect([...(await running).get("y")!.data]).toEqual(resultOf(5));
    expect(kept.data).toHaveLength(3);
    const given = onePixel(6);
    expect([...(await session.run(new Map([["x", given]]), "given")).get("y")!.data]).toEqual(resultOf(6));
    expect(given.data).toHaveLength(0);
    const lent = onePixel(7);
    let back: ReadonlyMap<string, Tensor> = new Map();
    const results = await session.run(new Map([["x", lent]]), (feeds) => {
      back = feeds;
    });
    expect([...results.get("y")!.data]).toEqual(resultOf(7));
    expect(lent.data).toHaveLength(0);
    expect(back.get("x")).toEqual(onePixel(7));
    const wide = Float32Array.of(9, 9, 7, 1, 2, 9);
    const part = { data: wide.subarray(2, 5), shape: [1, 3, 1, 1] };
    expect([...(await session.run(new Map([["x", part]]), "given")).get("y")!.data]).toEqual(resultOf(7));
    expect(wide).toHaveLength(6);
  });

  it("opens by path", async () => {
    const folder = await mkdtemp(join(tmpdir(), "smxc-pool-"));
    try {
      const path = join(folder, "tiny.onnx");
      writeFileSync(path, (await tiny()).bytes);
      const { pool } = poolOf(1);
      const session = await pool.open(path, OPTIONS);
      expect([...(await session.run(new Map([["x", onePixel(1)]]))).get("y")!.data]).toEqual(resultOf(1));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("serves several graphs with the same workers, each in as many as it may", async () => {
    const { pool, started } = poolOf(2);
    const [parts, alone] = [await pool.open(await tiny(), OPTIONS), await pool.open(await tiny(), OPTIONS, 1)];
    expect([parts.parallel, alone.parallel]).toEqual([2, 1]);
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? parts : alone).run(new Map([["x", onePixel(index)]]))),
    );
    expect(results.map((outputs) => outputs.get("y")!.data[0])).toEqual(
      Array.from({ length: 10 }, (_, index) => resultOf(index)[0]),
    );
    await alone.release();
    expect(await codesOf(alone.run(new Map([["x", onePixel(1)]])))).toEqual(["runtime/released"]);
    expect((await parts.run(new Map([["x", onePixel(3)]]))).get("y")!.data[0]).toBe(resultOf(3)[0]);
    expect(started).toHaveLength(2);
  });
});

describe("what goes wrong", () => {
  it("comes back with its diagnostics: at opening, at a run; and the next run goes on", async () => {
    const { pool } = poolOf(2);
    expect(await codesOf(pool.open({ name: "noise", bytes: new Uint8Array(100).fill(255) }, OPTIONS))).toEqual([
      "runtime/failed",
    ]);
    const session = await pool.open(await tiny(), OPTIONS);
    expect(await codesOf(session.run(new Map([["z", onePixel(1)]])))).toEqual([
      "runtime/missing-feed",
      "runtime/unknown-feed",
    ]);
    const wrong = { data: new Float32Array(2), shape: [1, 2, 1, 1] };
    expect(await codesOf(session.run(new Map([["x", wrong]])))).toEqual(["runtime/failed"]);
    expect((await session.run(new Map([["x", onePixel(3)]]))).get("y")!.data[0]).toBe(resultOf(3)[0]);
  });

  it("a worker that is killed ends its run with an error, the others go on, and a new one takes its place", async () => {
    const { pool, started } = poolOf(1);
    const session = await pool.open(await tiny(), OPTIONS);
    const large = { data: new Float32Array(3 * 2000 * 2000), shape: [1, 3, 2000, 2000] };
    const killed = session.run(new Map([["x", large]]), "given");
    const behind = session.run(new Map([["x", onePixel(3)]]));
    const codes = codesOf(killed);
    started[0]!.die();
    expect(await codes).toEqual(["runtime/worker-ended"]);
    expect((await behind).get("y")!.data[0]).toBe(resultOf(3)[0]);
    expect(started).toHaveLength(2);
  });

  it("a worker that cannot start is told, and not tried for ever", async () => {
    let starts = 0;
    const pool = new SessionPool(({ onEnd }) => {
      starts++;
      queueMicrotask(() => onEnd("no such file"));
      return { post: () => {}, hold: () => {}, end: async () => {} };
    }, 3);
    expect(await codesOf(pool.open(await tiny(), OPTIONS))).toEqual(["runtime/worker-ended"]);
    expect(starts).toBe(1);
  });

  it("does with the workers that are there what further ones have no room for", async () => {
    let starts = 0;
    const pool = new SessionPool((events) => {
      if (starts++ === 0) return startNodeWorker(events);
      queueMicrotask(() => events.onEnd("no memory"));
      return { post: () => {}, hold: () => {}, end: async () => {} };
    }, 8);
    pools.push(pool);
    const session = await pool.open(await tiny(), OPTIONS);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => session.run(new Map([["x", onePixel(index)]]))),
    );
    expect(results).toHaveLength(20);
    expect(starts).toBeLessThanOrEqual(8);
  });

  // A thread that is cut off inside onnxruntime-node takes the process with it.
  it("release at any moment of a run leaves the process alive", async () => {
    const model = await tiny();
    for (let moment = 0; moment < 20; moment++) {
      const { pool } = poolOf(2);
      const session = await pool.open(model, OPTIONS);
      const large = { data: new Float32Array(3 * 300 * 300), shape: [1, 3, 300, 300] };
      const runs = Array.from({ length: 4 }, () => session.run(new Map([["x", large]])).catch(() => undefined));
      for (let turn = 0; turn < moment; turn++) await new Promise((resolve) => setImmediate(resolve));
      await pool.release();
      await Promise.all(runs);
    }
  });

  it("release fails what waits and what runs, and ends the workers", async () => {
    const { pool } = poolOf(1);
    const session = await pool.open(await tiny(), OPTIONS);
    const runs = Array.from({ length: 3 }, (_, index) => codesOf(session.run(new Map([["x", onePixel(index)]]))));
    await pool.release();
    const codes = (await Promise.all(runs)).flat();
    expect(codes).toEqual(["runtime/worker-ended", "runtime/released", "runtime/released"]);
    expect(await codesOf(session.run(new Map([["x", onePixel(1)]])))).toEqual(["runtime/released"]);
  });
});
