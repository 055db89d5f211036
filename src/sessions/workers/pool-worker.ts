import { SmxcError } from "../../base/diagnostics.js";
import { workerEnded } from "../errors.js";
import { failureOf, type Ports, type Reply, type Request } from "./protocol.js";
import type { StartWorker, WorkerPort } from "./worker-port.js";

interface Pending {
  /** What the graph is called. */
  readonly name: string;
  resolve(reply: Reply): void;
  reject(cause: Error): void;
}

/** A worker of a pool, which does one thing at a time. */
export class PoolWorker {
  /** What it has open, or is opening. */
  readonly sessions = new Set<number>();
  /** What it is about to do counts too. */
  isBusy = false;
  private readonly port: WorkerPort;
  private pending: Pending | undefined;
  private ended: string | undefined;

  /** @param onEnd called when the worker ended by itself; what it was doing has failed then */
  constructor(start: StartWorker, onEnd: (worker: PoolWorker) => void) {
    this.port = start({
      onReply: (reply) => this.take()?.resolve(reply),
      onEnd: (why) => {
        if (this.ended !== undefined) return;
        this.fail(why);
        onEnd(this);
      },
    });
    this.port.hold(false);
  }

  async open(name: string, request: Omit<Extract<Request, { kind: "open" }>, "kind">): Promise<Ports> {
    this.sessions.add(request.session);
    try {
      const reply = await this.ask(name, { kind: "open", ...request }, []);
      return (reply as Extract<Reply, { kind: "opened" }>).ports;
    } catch (cause) {
      this.sessions.delete(request.session);
      throw cause;
    }
  }

  async run(
    name: string,
    request: Omit<Extract<Request, { kind: "run" }>, "kind">,
    transfer: readonly ArrayBuffer[],
  ): Promise<Extract<Reply, { kind: "ran" }>> {
    const reply = await this.ask(name, { kind: "run", ...request }, transfer);
    return reply as Extract<Reply, { kind: "ran" }>;
  }

  close(session: number): void {
    if (this.sessions.delete(session)) this.port.post({ kind: "close", session }, []);
  }

  /** Ends it; what it does fails at once, though the worker may have to finish it. */
  async end(why: string): Promise<void> {
    this.fail(why);
    await this.port.end();
  }

  private async ask(name: string, request: Request, transfer: readonly ArrayBuffer[]): Promise<Reply> {
    if (this.ended !== undefined) throw new SmxcError([workerEnded(name, this.ended)]);
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.pending = { name, resolve, reject };
      this.port.hold(true);
      this.port.post(request, transfer);
    });
    if (reply.kind === "failed" || reply.kind === "defect") throw failureOf(reply);
    return reply;
  }

  private fail(why: string): void {
    this.ended = why;
    const cut = this.take();
    cut?.reject(new SmxcError([workerEnded(cut.name, why)]));
  }

  private take(): Pending | undefined {
    const pending = this.pending;
    this.pending = undefined;
    this.port.hold(false);
    return pending;
  }
}
