import { availableParallelism } from "node:os";
import type { Target } from "../../lowerings/targets.js";
import { type CoreOptions, planCores } from "../cores.js";
import { createNodeSession } from "../session-ort-node.js";
import { type SessionHost, sessionHost } from "./session-host.js";
import { startNodeWorker } from "./start-worker-node.js";

export interface NodeHostOptions extends CoreOptions {
  readonly target: Target;
  /** Whether pictures are many, so that those that run by themselves are parts of the work as well. */
  readonly areMany?: boolean;
}

/**
 * Sessions in worker threads, a picture by itself included: `session.run` of onnxruntime-node holds the thread that calls
 * it, which has files to read and to write. A graphics adapter is one, whatever asks it, and stays in the thread that asks.
 */
export function nodeHost({ target, areMany = false, ...asked }: NodeHostOptions): SessionHost {
  const onCores = target === "cpu" || target === "wasm";
  return sessionHost({
    plan: planCores(onCores ? asked : { ...asked, jobs: 1 }, availableParallelism(), areMany),
    options: { target },
    start: onCores ? startNodeWorker : undefined,
    inWorkers: ["parts", "alone"],
    fallsBack: asked.jobs === undefined,
    create: createNodeSession,
  });
}
