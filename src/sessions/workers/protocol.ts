/** What a session pool and its workers say to each other. Everything here can be cloned. */
import { type Diagnostic, type FailureKind, SmxcError } from "../../base/diagnostics.js";
import type { ModelBytes, Session, SessionOptions, Tensor } from "../session.js";

/** Bytes, or the path of a file where workers read files. */
export type WorkerModel = ModelBytes | string;

export interface WorkerSessionOptions extends SessionOptions {
  /** Where onnxruntime-web's files are served, in browsers. */
  readonly wasmPaths?: string;
}

/** What is known of a graph once it is open. */
export type Ports = Pick<Session, "inputNames" | "outputNames" | "inputs">;

export type NamedTensors = readonly (readonly [name: string, tensor: Tensor])[];

/** A request is answered before the next one is made; `close` and `end` have no answer. */
export type Request =
  | {
      readonly kind: "open";
      readonly session: number;
      readonly model: WorkerModel;
      readonly options: WorkerSessionOptions;
    }
  | { readonly kind: "run"; readonly session: number; readonly feeds: NamedTensors; readonly isBack: boolean }
  | { readonly kind: "close"; readonly session: number }
  /** Gives everything back, and ends the worker. */
  | { readonly kind: "end" };

export type Reply =
  | { readonly kind: "opened"; readonly ports: Ports }
  /** With the feeds of the run, where they are wanted back. */
  | { readonly kind: "ran"; readonly outputs: NamedTensors; readonly feeds: NamedTensors }
  | { readonly kind: "failed"; readonly diagnostics: readonly Diagnostic[]; readonly failure: FailureKind }
  | { readonly kind: "defect"; readonly message: string; readonly stack: string | undefined };

export function failureReply(cause: unknown): Reply {
  if (cause instanceof SmxcError) return { kind: "failed", diagnostics: cause.diagnostics, failure: cause.kind };
  if (cause instanceof Error) return { kind: "defect", message: cause.message, stack: cause.stack };
  return { kind: "defect", message: String(cause), stack: undefined };
}

/** What was thrown in the worker. */
export function failureOf(reply: Extract<Reply, { readonly kind: "failed" | "defect" }>): Error {
  if (reply.kind === "failed") return new SmxcError(reply.diagnostics, reply.failure);
  const defect = new Error(reply.message);
  if (reply.stack !== undefined) defect.stack = reply.stack;
  return defect;
}

/** Tensors in a form whose memory can be moved to another thread: only a part of a buffer is copied. */
export function movable(tensors: Iterable<readonly [string, Tensor]>): {
  readonly tensors: NamedTensors;
  readonly transfer: readonly ArrayBuffer[];
} {
  const transfer = new Set<ArrayBuffer>();
  const moved = [...tensors].map(([name, { data, shape }]): readonly [string, Tensor] => {
    const { buffer } = data;
    const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === data.byteLength && !transfer.has(buffer);
    const own = isWhole ? data : data.slice();
    transfer.add(own.buffer as ArrayBuffer);
    return [name, { data: own, shape: [...shape] }];
  });
  return { tensors: moved, transfer: [...transfer] };
}

/** Copies, for a caller who goes on using the values. */
export function copied(tensors: Iterable<readonly [string, Tensor]>): NamedTensors {
  return [...tensors].map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]);
}
