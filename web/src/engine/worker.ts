/** The page's worker: reads networks, compiles them and runs them, one call after the other. */

import { type Diagnostic, SmxcError } from "../../../src/base/diagnostics.js";
import { compiledGraph } from "./compiled.js";
import { type OpenedModel, openFiles } from "./open-files.js";
import type { Calls, ModelFiles, Reply, Request, ResultTile, Stage } from "./protocol.js";
import { restoreOnFirst } from "./restore.js";

let opened: OpenedModel | undefined;

type Report = (
  reply:
    | { readonly stage: Stage; readonly predicted?: number }
    | { readonly done: number; readonly total: number }
    | { readonly tile: ResultTile },
) => void;

type Handlers = {
  readonly [K in keyof Calls]: (input: Calls[K]["input"], report: Report) => Promise<Calls[K]["output"]>;
};

const HANDLERS: Handlers = {
  async open(files) {
    const warnings: Diagnostic[] = [];
    opened = undefined;
    opened = await openFiles(files, (found) => warnings.push(found));
    return { ...opened.info, bytes: sizeOf(files), warnings };
  },
  async compile(settings) {
    const { input } = modelOrFail();
    return "graph" in input ? Uint8Array.from(input.graph) : compiledGraph(input, settings);
  },
  restore: (request, report) =>
    restoreOnFirst(modelOrFail(), request, {
      onStage: (stage, predicted) => report({ stage, ...(predicted === undefined ? {} : { predicted }) }),
      onProgress: (done, total) => report({ done, total }),
      onTile: (tile) => report({ tile }),
    }),
};

function sizeOf(files: ModelFiles): number {
  return files.file.blob.size + (files.kind === "document" ? (files.weights?.blob.size ?? 0) : 0);
}

function modelOrFail(): OpenedModel {
  if (opened === undefined) throw new RangeError("no network is open");
  return opened;
}

async function answer({ id, call, input }: Request): Promise<void> {
  const handler = HANDLERS[call] as (input: unknown, report: Report) => Promise<Calls[keyof Calls]["output"]>;
  try {
    const output = await handler(input, (progress) =>
      post({ id, ...progress }, "tile" in progress ? [progress.tile.data.buffer] : []),
    );
    post({ id, output }, buffersOf(output));
  } catch (cause) {
    if (cause instanceof SmxcError) post({ id, diagnostics: cause.diagnostics });
    else post({ id, defect: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause) });
  }
}

/** Moved instead of copied. */
function buffersOf(output: Calls[keyof Calls]["output"]): readonly ArrayBuffer[] {
  if (output instanceof Uint8Array) return [output.buffer];
  return "pixels" in output ? [output.pixels.data.buffer] : [];
}

function post(reply: Reply, transfer: readonly ArrayBuffer[] = []): void {
  self.postMessage(reply, { transfer: [...transfer] });
}

let last = Promise.resolve();
self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
  last = last.then(() => answer(data));
});
