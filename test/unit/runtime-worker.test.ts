/** `smxc/runtime/worker`: what crosses between a page and its worker, and what becomes of calls that are cut off. */
import { setImmediate as turn } from "node:timers/promises";
import { Worker as Thread } from "node:worker_threads";
import { expect, it, vi } from "vitest";
import { error, SmxcError, warning } from "../../src/base/diagnostics.js";
import type { Image } from "../../src/pictures/image.js";
import type { LoadedNetwork } from "../../src/restore/load.js";
import type { Restored, RestoreOptions, ResultTile } from "../../src/restore/restore.js";
import { load as loadHere } from "../../src/runtime/index-node.js";
import { answerPage, type Load } from "../../src/runtime/worker/answer-page.js";
import { load } from "../../src/runtime/worker/index.js";
import { networkInWorker, type StartPagePort } from "../../src/runtime/worker/network-in-worker.js";

const picture: Image = {
  width: 31,
  height: 23,
  channels: 3,
  bitDepth: 8,
  data: Uint8Array.from({ length: 31 * 23 * 3 }, (_, index) => (index * 37) % 251),
  alpha: new Uint8Array(31 * 23).fill(7),
};
/** A new one each time, since results are moved. */
const restored = (): Restored => ({ image: structuredClone(picture), report: { context: "whole", parts: 1 } });

/** A worker in this thread: everything is cloned on its way, and arrives later. */
function workerOf(loader: Load) {
  let isEnded = false;
  let die: (why: string) => void = () => {};
  const start: StartPagePort = ({ onReply, onEnd }) => {
    die = onEnd;
    const answer = answerPage(loader, (reply, transfer) => {
      const sent = structuredClone(reply, { transfer: [...transfer] });
      setImmediate(() => isEnded || onReply(sent));
    });
    return {
      post: (request) => {
        const sent = structuredClone(request);
        setImmediate(() => isEnded || answer(sent));
      },
      end: () => {
        isEnded = true;
      },
    };
  };
  return { start, die: (why: string) => die(why), isEnded: () => isEnded };
}

/** A network whose runs are those that a test says. */
function loaderOf(restore: (image: Image, options: RestoreOptions) => Promise<Restored>): Load {
  return async () =>
    ({
      format: { range: [0, 1], color: "rgb", scale: 2 },
      context: "whole",
      trained: undefined,
      target: "wasm",
      cores: { parts: { jobs: 1, threads: 1 }, alone: { jobs: 1, threads: 1 } },
      restore,
    }) as unknown as LoadedNetwork;
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing",
    (cause: unknown) => cause,
  );
}
const codeOf = async (work: Promise<unknown>) => ((await thrownBy(work)) as SmxcError).diagnostics[0]!.code;

it("gives what the network gives in the same thread: result, parts, progress, size, β", async () => {
  const options = { target: "cpu", jobs: 1, threads: 1, context: "patch", tile: 24, exposeBeta: true } as const;
  const results = [];
  const large: Image = {
    ...picture,
    width: 100,
    height: 97,
    data: new Uint8Array(29_100).fill(90),
    alpha: new Uint8Array(9700),
  };
  let inWorker: LoadedNetwork | undefined;
  const { start } = workerOf(async (model, { report: _, ...given }) => {
    inWorker = await loadHere(model as string, { ...given, target: "cpu" });
    return inWorker;
  });
  for (const network of [
    await loadHere("nsr-x3", options),
    await networkInWorker(start, "nsr-x3", { ...options, target: "wasm" }, undefined),
  ]) {
    const told: unknown[] = [];
    const restored = await network.restore(large, {
      alpha: "resize",
      onTile: (tile: ResultTile) => told.push(tile),
      onProgress: (...progress) => told.push(progress),
      onBetas: (betas) => told.push(betas),
    });
    const { format, context, trained, cores } = network;
    results.push({ restored, told, format, context, trained, cores, size: network.resultSize(large) });
    await network.release();
  }
  await inWorker!.release();
  expect(results[1]).toEqual(results[0]);
  expect(results[0]!.told.length).toBeGreaterThan(3);
  expect(large.data).toHaveLength(29_100);
});

it("tells how a picture will be run", async () => {
  const plan = { chosen: { kind: "whole", bytes: 1, seconds: 2 }, other: undefined } as const;
  const { start } = workerOf(
    loaderOf(async (_, { onPlan }) => {
      onPlan?.(plan);
      return restored();
    }),
  );
  const network = await networkInWorker(start, "n", {}, undefined);
  const told: unknown[] = [];
  await network.restore(picture, { onPlan: (each) => told.push(each) });
  expect(told).toEqual([plan]);
});

it("asks for no parts that nobody wants", async () => {
  const wanted: (string | undefined)[][] = [];
  const { start } = workerOf(
    loaderOf(async (_, options) => {
      wanted.push(Object.keys(options).toSorted());
      return restored();
    }),
  );
  const network = await networkInWorker(start, "n", {}, undefined);
  await network.restore(picture, { alpha: "drop" });
  await network.restore(picture, { onTile: () => {} });
  expect(wanted).toEqual([
    ["alpha", "signal"],
    ["onTile", "signal"],
  ]);
});

it("rejects with the signal's reason at once, stops the run in the worker, and goes on with the next", async () => {
  const stopped: boolean[] = [];
  const tiles: string[] = [];
  const { start } = workerOf(
    loaderOf(async (_, { signal, onTile }) => {
      onTile?.({ left: 0, top: 0, image: picture });
      if (stopped.length > 0) return restored();
      await new Promise((resolve) => signal!.addEventListener("abort", resolve));
      stopped.push(signal!.aborted);
      onTile?.({ left: 1, top: 0, image: picture });
      throw signal!.reason;
    }),
  );
  const network = await networkInWorker(start, "n", {}, undefined);
  const stop = new AbortController();
  const reason = new Error("enough");
  const onTile = ({ left }: ResultTile) => {
    tiles.push(`first ${left}`);
    stop.abort(reason);
  };
  expect(await thrownBy(network.restore(picture, { signal: stop.signal, onTile }))).toBe(reason);
  const second = await network.restore(picture, { onTile: ({ left }) => tiles.push(`second ${left}`) });
  expect(second).toEqual(restored());
  expect({ stopped, tiles }).toEqual({ stopped: [true], tiles: ["first 0", "second 0"] });
  expect(await thrownBy(network.restore(picture, { signal: stop.signal }))).toBe(reason);
});

it("throws what the worker found wrong, and what a listener throws", async () => {
  const found = error("run/some", "something is wrong", { file: "f", hint: "mend it" });
  const warnings: unknown[] = [];
  const loader: Load = async (model, options) => {
    options.report?.(warning("w/w", "a warning"));
    if (model === "bad") throw new SmxcError([found], "io");
    return loaderOf(async (_, { onProgress }) => {
      onProgress?.(1, 2);
      await turn();
      await turn();
      throw new TypeError("a defect");
    })(model, options);
  };
  const bad = workerOf(loader);
  expect(await thrownBy(networkInWorker(bad.start, "bad", {}, undefined))).toEqual(new SmxcError([found], "io"));
  expect(bad.isEnded()).toBe(true);
  const network = await networkInWorker(workerOf(loader).start, "n", {}, (each) => warnings.push(each.code));
  expect(warnings).toEqual(["w/w"]);
  expect(await thrownBy(network.restore(picture))).toMatchObject({ message: "a defect" });
  const onProgress = () => {
    throw new RangeError("of the page");
  };
  expect(await thrownBy(network.restore(picture, { onProgress }))).toMatchObject({ message: "of the page" });
});

it("fails what waits when the worker ends, and everything after it", async () => {
  const never = loaderOf(() => new Promise(() => {}));
  const dying = workerOf(never);
  const network = await networkInWorker(dying.start, "n", {}, undefined);
  const cut = network.restore(picture);
  dying.die("out of memory");
  expect(await codeOf(cut)).toBe("runtime/network-worker-ended");
  expect(await codeOf(network.restore(picture))).toBe("runtime/network-worker-ended");
  const released = workerOf(never);
  const other = await networkInWorker(released.start, "n", {}, undefined);
  const waiting = other.restore(picture);
  await other.release();
  expect([await codeOf(waiting), released.isEnded()]).toEqual(["runtime/released", true]);
});

it.each([
  ["no workers", undefined],
  ["Node's threads, as ONNX Runtime's WebAssembly leaves them,", Thread],
])("says that %s are no Web Workers", async (_, global) => {
  vi.stubGlobal("Worker", global);
  expect(await codeOf(load("nsr-x2"))).toBe("runtime/no-workers");
  vi.unstubAllGlobals();
});
