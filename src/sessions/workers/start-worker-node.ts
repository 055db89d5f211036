import { Worker } from "node:worker_threads";
import type { StartWorker } from "./worker-port.js";

export const startNodeWorker: StartWorker = ({ onReply, onEnd }) => {
  // Flags of the process, such as --input-type, may not be those of a file.
  const worker = new Worker(new URL("./worker-node.js", import.meta.url), { execArgv: [] });
  worker.on("message", onReply);
  worker.on("messageerror", ({ message }) => onEnd(message));
  worker.on("error", (cause) => onEnd(cause instanceof Error ? cause.message : String(cause)));
  worker.on("exit", (code) => onEnd(`it exited with code ${code}`));
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    end: async () => void (await worker.terminate()),
  };
};
