/** The entry of the worker. */
import { load } from "../web.js";
import { answerPage } from "./answer-page.js";
import type { Request } from "./protocol.js";

const answer = answerPage(load, (reply, transfer) => self.postMessage(reply, { transfer: [...transfer] }));
self.addEventListener("message", ({ data }: MessageEvent<Request>) => answer(data));
