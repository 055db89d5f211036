import { type Diagnostic, error } from "../../base/diagnostics.js";
import { oneLine } from "../../base/one-line.js";

export const noWorkers = (): Diagnostic =>
  error("runtime/no-workers", "there are no Web Workers here, in which smxc/runtime/worker runs networks", {
    hint: 'call load of "smxc/runtime", which runs graphs in worker threads in Node; where pages are made on a server, call load in the browser only',
  });

/** @param why in the words of the browser */
export const workerGone = (file: string, why: string): Diagnostic =>
  error("runtime/network-worker-ended", `the worker that holds the network ended: ${oneLine(why)}`, {
    file,
    hint: "load the network again, where memory was short with jobs: 1; a script that cannot be loaded was left out by the bundler",
  });
