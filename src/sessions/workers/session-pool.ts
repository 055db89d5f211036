/** Sessions whose runs are done by workers, several at a time. */
import { SmxcError } from "../../base/diagnostics.js";
import { poolReleased } from "../errors.js";
import type { Session } from "../session.js";
import { PoolWorker } from "./pool-worker.js";
import { copied, movable, type Ports, type WorkerModel, type WorkerSessionOptions } from "./protocol.js";
import type { StartWorker } from "./worker-port.js";

/** A graph that workers open as they are needed for it. */
interface Graph {
  readonly id: number;
  readonly name: string;
  readonly model: WorkerModel;
  readonly options: WorkerSessionOptions;
  /** Workers that it may be open in. */
  jobs: number;
  /** Workers that are opening it. */
  opening: number;
  ports: Ports | undefined;
  isReleased: boolean;
}

/** Something to do with a graph in a worker that has it open. */
interface Task {
  readonly graph: Graph;
  work(worker: PoolWorker): Promise<void>;
  reject(cause: unknown): void;
}

export class SessionPool {
  private readonly start: StartWorker;
  private readonly size: number;
  private readonly workers = new Set<PoolWorker>();
  private readonly graphs = new Set<Graph>();
  /** What no worker has taken yet. Callers bound it: they keep `Session.parallel` + 1 runs in flight. */
  private queue: readonly Task[] = [];
  private nextId = 0;
  private isReleased = false;

  /** @param size workers at most: each is started when something waits for it */
  constructor(start: StartWorker, size: number) {
    this.start = start;
    this.size = size;
  }

  /**
   * Opens a graph in one worker; others open it as runs are waiting.
   *
   * @param jobs runs at a time; each worker that does one holds the weights
   * @throws SmxcError as the session of its own that each worker opens; `runtime/worker-ended`
   */
  async open(model: WorkerModel, options: WorkerSessionOptions, jobs: number = this.size): Promise<Session> {
    const name = typeof model === "string" ? model : model.name;
    const graph: Graph = {
      id: this.nextId++,
      name,
      model,
      options,
      jobs: Math.min(jobs, this.size),
      opening: 0,
      ports: undefined,
      isReleased: false,
    };
    this.graphs.add(graph);
    try {
      await this.enqueue(graph, async () => {});
    } catch (cause) {
      this.close(graph);
      throw cause;
    }
    return {
      ...graph.ports!,
      parallel: graph.jobs,
      run: async (feeds, owner = "kept") => {
        // The caller may change its values before a worker takes the run.
        const { tensors, transfer } = movable(owner === "kept" ? copied(feeds) : feeds);
        const isBack = typeof owner === "function";
        const request = { session: graph.id, feeds: tensors, isBack };
        const ran = await this.enqueue(graph, (worker) => worker.run(name, request, transfer));
        if (isBack) owner(new Map(ran.feeds));
        return new Map(ran.outputs);
      },
      release: async () => this.close(graph),
    };
  }

  /** Ends the workers at once. What is under way fails. */
  async release(): Promise<void> {
    this.isReleased = true;
    for (const graph of this.graphs) this.close(graph);
    const workers = [...this.workers];
    this.workers.clear();
    await Promise.all(workers.map((worker) => worker.end("the network was released")));
  }

  private enqueue<T>(graph: Graph, work: (worker: PoolWorker) => Promise<T>): Promise<T> {
    if (this.isReleased || graph.isReleased) return Promise.reject(new SmxcError([poolReleased(graph.name)]));
    return new Promise<T>((resolve, reject) => {
      const task = { graph, work: (worker: PoolWorker) => work(worker).then(resolve, reject), reject };
      this.queue = [...this.queue, task];
      this.dispatch();
    });
  }

  /** Gives what waits to workers that are free, and has the graph opened in more of them while more waits. */
  private dispatch(): void {
    for (const task of this.queue) {
      const worker = [...this.workers].find(({ isBusy, sessions }) => !isBusy && sessions.has(task.graph.id));
      if (worker) void this.give(task, worker);
    }
    for (const graph of this.graphs) {
      const waiting = this.queue.filter((task) => task.graph === graph).length;
      for (let more = Math.min(waiting - graph.opening, graph.jobs - this.holders(graph)); more > 0; more--) {
        const worker = this.freeWorker();
        if (worker === undefined) return;
        void this.openIn(worker, graph);
      }
    }
  }

  private async give(task: Task, worker: PoolWorker): Promise<void> {
    this.queue = this.queue.filter((each) => each !== task);
    worker.isBusy = true;
    await task.work(worker);
    worker.isBusy = false;
    this.dispatch();
  }

  private async openIn(worker: PoolWorker, graph: Graph): Promise<void> {
    worker.isBusy = true;
    graph.opening++;
    try {
      const { id: session, model, options, name } = graph;
      graph.ports = await worker.open(name, { session, model, options });
      if (graph.isReleased) worker.close(session);
    } catch (cause) {
      this.openFailed(graph, cause);
    }
    graph.opening--;
    worker.isBusy = false;
    this.dispatch();
  }

  /** Where the machine has no room for one worker more, those that are there do the work. */
  private openFailed(graph: Graph, cause: unknown): void {
    const holders = this.holders(graph);
    if (holders > 0) graph.jobs = holders;
    else this.reject(graph, cause);
  }

  /** Fails what waits for a graph. */
  private reject(graph: Graph, cause: unknown): void {
    const waiting = this.queue.filter((task) => task.graph === graph);
    this.queue = this.queue.filter((task) => task.graph !== graph);
    for (const { reject } of waiting) reject(cause);
  }

  private holders({ id }: Graph): number {
    return [...this.workers].filter(({ sessions }) => sessions.has(id)).length;
  }

  private freeWorker(): PoolWorker | undefined {
    const idle = [...this.workers].find(({ isBusy }) => !isBusy);
    if (idle || this.workers.size >= this.size) return idle;
    const worker = new PoolWorker(this.start, (ended) => {
      this.workers.delete(ended);
      // What it was doing fails first, and goes on from there.
      if (!ended.isBusy) this.dispatch();
    });
    this.workers.add(worker);
    return worker;
  }

  private close(graph: Graph): void {
    graph.isReleased = true;
    this.graphs.delete(graph);
    this.reject(graph, new SmxcError([poolReleased(graph.name)]));
    for (const worker of this.workers) worker.close(graph.id);
  }
}
