/** What the worker of a page does: loads a network, and restores pictures with it. */
import type { LoadedNetwork, ModelInput } from "../../restore/load.js";
import type { RestoreOptions } from "../../restore/restore.js";
import { failureReply } from "../../sessions/workers/protocol.js";
import type { WebLoadOptions } from "../web.js";
import type { Answer, Reply, Reported, ReportName, Request } from "./protocol.js";

export type Load = (model: string | ModelInput, options: WebLoadOptions) => Promise<LoadedNetwork>;

type Restore = Extract<Request, { readonly kind: "restore" }>;

/** @param post sends a reply, and moves the memory that is named with it */
export function answerPage(
  load: Load,
  post: (reply: Reply, transfer: readonly ArrayBuffer[]) => void,
): (request: Request) => void {
  const stops = new Map<number, AbortController>();
  let network: LoadedNetwork | undefined;

  const restore = async ({ id, image, options, wants }: Restore): Promise<Answer> => {
    const stop = new AbortController();
    stops.set(id, stop);
    try {
      const callbacks = listeners(wants, (reported) => post({ id, ...reported }, []));
      return {
        kind: "restored",
        restored: await network!.restore(image, { ...options, ...callbacks, signal: stop.signal }),
      };
    } finally {
      stops.delete(id);
    }
  };

  const answer = async (request: Exclude<Request, { readonly kind: "stop" }>): Promise<Answer> => {
    if (request.kind === "restore") return restore(request);
    const { id, model, options } = request;
    network = await load(model, {
      ...options,
      report: (warning) => post({ id, kind: "reported", name: "report", args: [warning] }, []),
    });
    const { format, context, trained, target, cores } = network;
    return { kind: "loaded", info: { format, context, trained, target, cores } };
  };

  return (request) => {
    if (request.kind === "stop") return stops.get(request.id)?.abort();
    answer(request).then(
      (reply) => post({ id: request.id, ...reply }, memoryOf(reply)),
      (cause: unknown) => post({ id: request.id, ...failureReply(cause) } as Reply, []),
    );
  };
}

/** The functions of `RestoreOptions` that are wanted. */
function listeners(
  wants: readonly ReportName[],
  forward: (reported: Reported) => void,
): Pick<RestoreOptions, "onProgress" | "onPlan" | "onTile" | "onBetas"> {
  const all = {
    onProgress: (...args) => forward({ kind: "reported", name: "onProgress", args }),
    onTile: (...args) => forward({ kind: "reported", name: "onTile", args }),
    onPlan: (...args) => forward({ kind: "reported", name: "onPlan", args }),
    onBetas: (...args) => forward({ kind: "reported", name: "onBetas", args }),
  } satisfies Pick<RestoreOptions, "onProgress" | "onPlan" | "onTile" | "onBetas">;
  return Object.fromEntries(Object.entries(all).filter(([name]) => wants.includes(name as ReportName)));
}

/** Of results, which nobody keeps in the worker. */
function memoryOf(reply: Answer): readonly ArrayBuffer[] {
  if (reply.kind !== "restored") return [];
  const { data, alpha } = reply.restored.image;
  return [data, ...(alpha ? [alpha] : [])].map(({ buffer }) => buffer as ArrayBuffer);
}
