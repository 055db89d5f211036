/** A network that is held by a worker, as the page sees it. */
import { SmxcError } from "../../base/diagnostics.js";
import type { Image } from "../../pictures/image.js";
import type { LoadedNetwork } from "../../restore/load.js";
import type { Restored, RestoreOptions } from "../../restore/restore.js";
import { resultSizeOf } from "../../restore/result-size.js";
import { poolReleased } from "../../sessions/errors.js";
import { failureOf } from "../../sessions/workers/protocol.js";
import { workerGone } from "./errors.js";
import type { Answer, LoadValues, Reply, Reported, ReportName, Reports, Request, WorkerModel } from "./protocol.js";

/** A worker, whatever runs it. */
export interface PagePort {
  post(request: Request): void;
  /** At once, with what it does and what it started. */
  end(): void;
}

export type StartPagePort = (events: {
  onReply(reply: Reply): void;
  /** Why the worker ended by itself, or never began. */
  onEnd(why: string): void;
}) => PagePort;

type Listeners = { readonly [K in ReportName]?: ((...args: Reports[K]) => void) | undefined };

interface Pending {
  readonly listeners: Listeners;
  resolve(answer: Answer): void;
  reject(cause: unknown): void;
}

/** Of the request that loads: it goes on warning afterwards. */
const LOAD = 0;

/** @throws SmxcError as `load` of the worker; `runtime/network-worker-ended` */
export async function networkInWorker(
  start: StartPagePort,
  model: WorkerModel,
  options: LoadValues,
  report: Listeners["report"],
): Promise<LoadedNetwork> {
  const calls = new Calls(start, nameOf(model), { report });
  try {
    const answer = await calls.ask({ kind: "load", id: LOAD, model, options }, {});
    const { info } = answer as Extract<Answer, { readonly kind: "loaded" }>;
    return {
      ...info,
      resultSize: (picture) => resultSizeOf(info.format, picture),
      restore: (image, each = {}) => restoreBy(calls, image, each),
      release: async () => calls.end(new SmxcError([poolReleased(nameOf(model))])),
    };
  } catch (cause) {
    calls.end(cause);
    throw cause;
  }
}

async function restoreBy(calls: Calls, image: Image, options: RestoreOptions): Promise<Restored> {
  const { signal, onProgress, onPlan, onTile, onBetas, ...values } = options;
  const listeners: Listeners = { onProgress, onPlan, onTile, onBetas };
  const wants = (Object.keys(listeners) as ReportName[]).filter((name) => listeners[name] !== undefined);
  signal?.throwIfAborted();
  const id = calls.nextId();
  const stop = (): void => calls.stop(id, signal!.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const answer = await calls.ask({ kind: "restore", id, image, options: values, wants }, listeners);
    return (answer as Extract<Answer, { readonly kind: "restored" }>).restored;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Requests of one worker, and what waits for their answers. */
class Calls {
  private readonly port: PagePort;
  private readonly always: Listeners;
  private readonly pending = new Map<number, Pending>();
  private last = LOAD;
  private ended: unknown;

  constructor(start: StartPagePort, name: string, always: Listeners) {
    this.always = always;
    this.port = start({
      onReply: (reply) => this.settle(reply),
      onEnd: (why) => this.end(new SmxcError([workerGone(name, why)])),
    });
  }

  nextId(): number {
    return ++this.last;
  }

  ask(request: Exclude<Request, { readonly kind: "stop" }>, listeners: Listeners): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) throw this.ended;
      // First, so that what cannot be cloned waits for nothing.
      this.port.post(request);
      this.pending.set(request.id, { listeners, resolve, reject });
    });
  }

  /** What waits for the answer fails at once; the worker ends what it does when it can. */
  stop(id: number, cause: unknown): void {
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    this.pending.delete(id);
    this.port.post({ kind: "stop", id });
    pending.reject(cause);
  }

  /** Ends the worker, and everything that waits for it. */
  end(cause: unknown): void {
    if (this.ended !== undefined) return;
    this.ended = cause;
    this.port.end();
    const cut = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of cut) reject(cause);
  }

  private settle({ id, ...reply }: Reply): void {
    if (reply.kind === "reported") this.forward(id, reply);
    else {
      const pending = this.pending.get(id);
      this.pending.delete(id);
      if (reply.kind === "failed" || reply.kind === "defect") pending?.reject(failureOf(reply));
      else pending?.resolve(reply);
    }
  }

  private forward(id: number, { name, args }: Reported): void {
    const listeners = id === LOAD ? this.always : this.pending.get(id)?.listeners;
    try {
      (listeners?.[name] as ((...args: readonly unknown[]) => void) | undefined)?.(...args);
    } catch (cause) {
      // As where the network runs in the same thread: what a listener throws is what the call throws.
      this.stop(id, cause);
    }
  }
}

/** What messages call it. */
function nameOf(model: WorkerModel): string {
  if (typeof model === "string") return model;
  return model.name ?? ("graph" in model ? "model.onnx" : "model.json");
}
