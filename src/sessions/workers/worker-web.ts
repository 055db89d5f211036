/**
 * The entry of a Web Worker: WebAssembly alone, since a graphics adapter gains nothing by a second session. It imports
 * nothing later, since bundlers write workers as one classic script unless they are set up otherwise.
 */
import * as ort from "onnxruntime-web/wasm";
import { openWebSession } from "../open-web-session.js";
import { answerRequests } from "./answer-requests.js";
import type { Request } from "./protocol.js";

const answer = answerRequests(
  (model, options) => {
    if (typeof model === "string") throw new RangeError("a browser has no files");
    return openWebSession(ort, model, { ...options, target: "wasm" });
  },
  (reply, transfer) => self.postMessage(reply, { transfer: [...transfer] }),
  () => self.close(),
);
self.addEventListener("message", ({ data }: MessageEvent<Request>) => answer(data));
