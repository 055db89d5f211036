import { type Diagnostic, error } from "../../base/diagnostics.js";
import { oneLine } from "../../base/one-line.js";

export const noWorkers = (): Diagnostic =>
  error("runtime/no-workers", "this program has no Web Workers, which smxc/runtime/worker needs", {
    hint: 'call load of "smxc/runtime" instead, which uses worker threads in Node; if a server renders the page, call load only in the browser',
  });

/** @param why in the words of the browser */
export const workerGone = (file: string, why: string): Diagnostic =>
  error("runtime/network-worker-ended", `the worker that holds the network ended: ${oneLine(why)}`, {
    file,
    hint: "load the network again; if memory was short, with jobs: 1; if the script could not be loaded, check that the bundler includes it",
  });
