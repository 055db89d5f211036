import type { StartPagePort } from "./network-in-worker.js";
import type { Reply } from "./protocol.js";

export const startPagePort: StartPagePort = ({ onReply, onEnd }) => {
  // In one expression, by which bundlers know that the file is a worker.
  const worker = new Worker(new URL("./script.js", import.meta.url), { type: "module", name: "smxc" });
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => onReply(data));
  worker.addEventListener("messageerror", () => onEnd("its message could not be read"));
  worker.addEventListener("error", ({ message }) => onEnd(message || "its script could not be loaded"));
  return {
    post: (request) => worker.postMessage(request),
    end: () => worker.terminate(),
  };
};
