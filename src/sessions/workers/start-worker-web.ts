import type { Reply } from "./protocol.js";
import type { StartWorker } from "./worker-port.js";

export const startWebWorker: StartWorker = ({ onReply, onEnd }) => {
  // In one expression, by which bundlers know that the file is a worker.
  const worker = new Worker(new URL("./worker-web.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => onReply(data));
  worker.addEventListener("messageerror", () => onEnd("its message could not be read"));
  worker.addEventListener("error", ({ message }) => onEnd(message || "its script could not be loaded"));
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    hold: () => {},
    end: async () => worker.terminate(),
  };
};
