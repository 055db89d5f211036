/** The entry of a worker thread of Node. */
import { parentPort } from "node:worker_threads";
import { createNodeSession } from "../session-ort-node.js";
import { answerRequests } from "./answer-requests.js";

const port = parentPort!;
port.on(
  "message",
  answerRequests(
    createNodeSession,
    (reply, transfer) => port.postMessage(reply, transfer),
    () => port.close(),
  ),
);
