/** What a worker does: opens graphs and runs them, one request after the other. */
import type { Session } from "../session.js";
import {
  failureReply,
  movable,
  type Reply,
  type Request,
  type WorkerModel,
  type WorkerSessionOptions,
} from "./protocol.js";

export type CreateSession = (model: WorkerModel, options: WorkerSessionOptions) => Promise<Session>;

/**
 * @param post sends a reply, and moves the memory of the values that it holds
 * @param end ends the worker
 */
export function answerRequests(
  create: CreateSession,
  post: (reply: Reply, transfer: readonly ArrayBuffer[]) => void,
  end: () => void,
): (request: Request) => void {
  const sessions = new Map<number, Session>();
  const answer = async (request: Request): Promise<void> => {
    if (request.kind === "open") {
      const session = await create(request.model, request.options);
      sessions.set(request.session, session);
      const { inputNames, outputNames, inputs } = session;
      post({ kind: "opened", ports: { inputNames, outputNames, inputs } }, []);
    } else if (request.kind === "run") {
      const outputs = await sessions.get(request.session)!.run(new Map(request.feeds), "given");
      const [ran, back] = [movable(outputs), movable(request.isBack ? request.feeds : [])];
      post({ kind: "ran", outputs: ran.tensors, feeds: back.tensors }, [...ran.transfer, ...back.transfer]);
    } else if (request.kind === "end") {
      for (const session of sessions.values()) await session.release();
      end();
    } else {
      const session = sessions.get(request.session);
      sessions.delete(request.session);
      await session?.release();
    }
  };
  let last = Promise.resolve();
  return (request) => {
    last = last.then(() => answer(request)).catch((cause: unknown) => post(failureReply(cause), []));
  };
}
