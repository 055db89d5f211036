import { Worker } from "node:worker_threads";
import { refuseTelemetry } from "../telemetry-node.js";
import type { Request } from "./protocol.js";
import type { StartWorker } from "./worker-port.js";

export const startNodeWorker: StartWorker = ({ onReply, onEnd }) => {
  refuseTelemetry();
  // Flags of the process, such as --input-type, may not be those of a file.
  const worker = new Worker(new URL("./worker-node.js", import.meta.url), { execArgv: [] });
  worker.on("message", onReply);
  worker.on("messageerror", ({ message }) => onEnd(message));
  worker.on("error", (cause) => onEnd(cause instanceof Error ? cause.message : String(cause)));
  const exited = new Promise<void>((resolve) => {
    worker.on("exit", (code) => {
      onEnd(`it exited with code ${code}`);
      resolve();
    });
  });
  let isEnding = false;
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    hold: (held) => (held || isEnding ? worker.ref() : worker.unref()),
    // Not `terminate`: onnxruntime-node aborts the whole process where a thread ends under its hands.
    end: async () => {
      isEnding = true;
      worker.ref();
      worker.postMessage({ kind: "end" } satisfies Request);
      await exited;
    },
  };
};
