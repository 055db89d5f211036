/** The worker as the page sees it: calls with answers, and an end to what takes too long. */
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import type {
  Calls,
  CompileSettings,
  ModelFiles,
  ModelInfo,
  Reply,
  RestoreRequest,
  ResultTile,
  Stage,
} from "./protocol.js";

/** What the library found wrong. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ message }) => message).join("\n"));
    this.diagnostics = diagnostics;
  }
}

/** A call that was cut off by `cancel`. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

export interface RunWatcher {
  onStage(stage: Stage, predicted?: number): void;
  onProgress(done: number, total: number): void;
  onTile(tile: ResultTile): void;
}

interface Pending {
  readonly watcher: RunWatcher | undefined;
  resolve(output: unknown): void;
  reject(cause: Error): void;
}

export class Engine {
  private worker: Worker | undefined;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  /** The network in use, and the one that the worker has open. */
  private files: ModelFiles | undefined;
  private inWorker: ModelFiles | undefined;

  /** Opens a network, which takes the place of the one before only when it is good. */
  async open(files: ModelFiles): Promise<ModelInfo> {
    this.inWorker = undefined;
    const info = await this.call("open", files);
    this.files = files;
    this.inWorker = files;
    return info;
  }

  async compile(settings: CompileSettings): Promise<Uint8Array<ArrayBuffer>> {
    await this.reopen();
    return this.call("compile", settings);
  }

  async restore(request: RestoreRequest, watcher: RunWatcher): Promise<Calls["restore"]["output"]> {
    await this.reopen();
    return this.call("restore", request, watcher);
  }

  /**
   * Ends the worker: a graph that runs cannot be stopped otherwise. The next call starts another, which opens the network
   * again.
   */
  cancel(): void {
    this.end(new Cancelled("cancelled"));
  }

  private async reopen(): Promise<void> {
    if (this.files === undefined) throw new RangeError("no network is open");
    if (this.inWorker !== this.files) await this.open(this.files);
  }

  private call<K extends keyof Calls>(
    call: K,
    input: Calls[K]["input"],
    watcher?: RunWatcher,
  ): Promise<Calls[K]["output"]> {
    const worker = this.worker ?? this.start();
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { watcher, resolve: resolve as (output: unknown) => void, reject });
      worker.postMessage({ id, call, input });
    });
  }

  private start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "smxc" });
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.settle(data));
    worker.addEventListener("error", ({ message }) => this.end(new Error(message || "the worker could not be loaded")));
    this.worker = worker;
    return worker;
  }

  private settle(reply: Reply): void {
    const pending = this.pending.get(reply.id);
    if (pending === undefined) return;
    if ("stage" in reply) pending.watcher?.onStage(reply.stage, reply.predicted);
    else if ("done" in reply) pending.watcher?.onProgress(reply.done, reply.total);
    else if ("tile" in reply) pending.watcher?.onTile(reply.tile);
    else this.pending.delete(reply.id);
    if ("output" in reply) pending.resolve(reply.output);
    else if ("diagnostics" in reply || "defect" in reply)
      pending.reject("diagnostics" in reply ? new EngineError(reply.diagnostics) : new Error(reply.defect));
  }

  private end(cause: Error): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.inWorker = undefined;
    const cut = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of cut) reject(cause);
  }
}
