import { type CoreOptions, planCores } from "../cores.js";
import { createWebSession, type WebTarget } from "../session-ort-web.js";
import { type SessionHost, sessionHost } from "./session-host.js";
import { startWebWorker } from "./start-worker-web.js";

export interface WebHostOptions extends CoreOptions {
  readonly target: WebTarget;
  readonly wasmPaths?: string;
}

/** Each Web Worker holds 200 to 340 MB (measured). */
const MOST_WORKERS = 4;
const WORKERS_OF_SMALL = 2;
/** Gigabytes of memory below which a device is small, of those that browsers report: 0.25 to 8. */
const SMALL = 8;
/** More threads than this make small layers slower. */
const MOST_THREADS = 8;

/**
 * Parts of pictures go to Web Workers, which need no cross-origin isolation. A picture by itself runs in the thread that
 * asks, with threads where the page is isolated.
 */
export function webHost({ target, wasmPaths, ...asked }: WebHostOptions): SessionHost {
  const isWasm = target === "wasm";
  const { hardwareConcurrency: cores } = navigator;
  const jobs = isWasm ? (asked.jobs ?? workersFor(cores, memoryOfDevice())) : 1;
  const threads = crossOriginIsolated ? Math.min(cores, MOST_THREADS) : 1;
  return sessionHost({
    plan: planCores({ ...asked, jobs }, threads),
    options: { target, ...(wasmPaths === undefined ? {} : { wasmPaths }) },
    start: isWasm ? startWebWorker : undefined,
    inWorkers: jobs > 1 ? ["parts"] : [],
    fallsBack: asked.jobs === undefined,
    create: (model, options) => {
      if (typeof model === "string") throw new RangeError("a browser has no files");
      return createWebSession(model, { ...options, target });
    },
  });
}

function workersFor(cores: number, memory: number): number {
  return Math.max(1, Math.min(cores, memory < SMALL ? WORKERS_OF_SMALL : MOST_WORKERS));
}

/** In gigabytes; browsers that do not report it are taken for small. */
function memoryOfDevice(): number {
  return (navigator as Navigator & { readonly deviceMemory?: number }).deviceMemory ?? 0;
}
