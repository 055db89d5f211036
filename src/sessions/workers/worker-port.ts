import type { Reply, Request } from "./protocol.js";

export interface WorkerEvents {
  onReply(reply: Reply): void;
  /** Called once, whatever ended the worker. */
  onEnd(why: string): void;
}

/** A worker of whatever kind: of Node, or of a browser. */
export interface WorkerPort {
  post(request: Request, transfer: readonly ArrayBuffer[]): void;
  /** Whether the process goes on for the worker's sake, as it does while the worker has something to do. */
  hold(held: boolean): void;
  /** Ends the worker, once it is done with what it does where its runtime would not survive to be cut off. */
  end(): Promise<void>;
}

export type StartWorker = (events: WorkerEvents) => WorkerPort;
