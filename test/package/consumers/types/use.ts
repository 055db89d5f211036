// A strict TypeScript project: what it writes is typed, and what it gets is.
import { type CompileOptions, compile, type Diagnostic, importCheckpoint, SmxcError } from "smxc";
import { type Betas, type LoadedNetwork, load, type ResultTile, type RunReport } from "smxc/runtime";
import { load as loadInWorker, type WorkerModel } from "smxc/runtime/worker";

const options: CompileOptions = { target: "webgpu", batch: 1, height: 48, width: "dynamic" };

export async function graphOf(checkpoint: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const { document, weights } = await importCheckpoint(checkpoint, { config: new Map([["mean", 0.5]]) });
  return compile(document, weights, options);
}

export async function restore(graph: Uint8Array, pixels: Uint8Array): Promise<RunReport> {
  const network: LoadedNetwork = await load({ graph }, { target: "wasm", report: (found: Diagnostic) => void found });
  const { image, report } = await network.restore(
    { width: 2, height: 1, channels: 3, bitDepth: 8, data: pixels },
    {
      onProgress: (done: number, total: number) => void (done / total),
      onBetas: (betas: Betas) => void betas.size,
      onTile: ({ left, image: part }: ResultTile) => void (left + part.width),
      signal: AbortSignal.timeout(1000),
    },
  );
  const width: number = image.width - network.resultSize({ width: 2, height: 1 }).width;
  void width;
  return report;
}

/** The same network in a worker. */
export function inWorker(weights: Blob): Promise<LoadedNetwork> {
  return loadInWorker({ document: "{}", weights }, { context: "trained", report: (found: Diagnostic) => void found });
}

// @ts-expect-error what reads at offsets cannot cross
export const noSource: WorkerModel = { document: "{}", weights: { size: 1 } };

/** The work of a network that comes with the package, in words. */
export async function task(): Promise<string | undefined> {
  return (await load("nsr-x2")).format.task;
}

export function isOurs(cause: unknown): cause is SmxcError {
  return cause instanceof SmxcError && cause.diagnostics.every(({ severity }) => severity === "error");
}

// @ts-expect-error there is no such target
export const wrong: CompileOptions = { target: "npu" };
