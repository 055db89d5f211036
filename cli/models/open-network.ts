import { dirname, join } from "node:path";
import { SmxcError } from "../../src/base/diagnostics.js";
import type { Target } from "../../src/lowerings/targets.js";
import { readMetadata } from "../../src/metadata.js";
import { signatureOf } from "../../src/onnx/signature.js";
import type { DocumentModel, GraphModel, OpenModel } from "../../src/open-model.js";
import { scratchFiles } from "../../src/restore/global/scratch-file-node.js";
import { type ContextOptions, graphSessions, type Network, openGraph } from "../../src/restore/network.js";
import { openDocument } from "../../src/restore/open-document.js";
import type { PictureFormat } from "../../src/restore/restorer.js";
import { type CoreOptions, type CorePlan, withJobs } from "../../src/sessions/cores.js";
import { nodeHost } from "../../src/sessions/workers/host-node.js";
import type { SessionHost } from "../../src/sessions/workers/session-host.js";
import type { Output } from "../terminal/output.js";
import { findMixedPair } from "./external-data.js";
import { openModelFile } from "./open-model.js";

/** A network that is ready to restore pictures, from a document or from a graph. */
export interface OpenNetwork extends Network {
  /** The files behind it, those of external data included: none of them may be an output. */
  readonly files: readonly string[];
  /** Runs at a time, of parts or of pictures: more pictures in flight gain nothing but memory. */
  readonly parallel: number;
  close(): Promise<void>;
}

type Reporting = Pick<Output, "report" | "note">;

export type NetworkOptions = ContextOptions &
  CoreOptions & {
    readonly target: Target;
    /** Whether many pictures are restored, which are then run at a time, with one thread each. */
    readonly areMany?: boolean;
    /**
     * Runs at a time that memory is shared out for, where other machines have other `jobs` and must run pictures in the same
     * parts, since a tile may differ from the whole picture in its last bits.
     */
    readonly plannedJobs?: number | undefined;
  };

/** @throws SmxcError as `openModelFile` and `openNetwork` */
export async function openNetworkFile(path: string, options: NetworkOptions, output: Reporting): Promise<OpenNetwork> {
  return openNetwork(await openModelFile(path, "network", output.report), options, output);
}

/**
 * Makes a model ready to run; a document is compiled in memory. The model stays open as long as the network, because
 * parts are compiled when they are needed. If it cannot run, it is closed.
 */
export async function openNetwork(model: OpenModel, options: NetworkOptions, output: Reporting): Promise<OpenNetwork> {
  const host = nodeHost(options);
  const plan = options.plannedJobs === undefined ? host.plan : withJobs(host.plan, options.plannedJobs);
  try {
    const network = await (model.kind === "document"
      ? ofDocument(model, options, host, plan, output)
      : ofGraph(model, options, host, plan, output));
    return {
      ...network,
      files: [...model.files, ...dataFilesOf(model)],
      parallel: host.plan.parts.jobs,
      close: async () => {
        await network.restorer.release();
        await host.release();
        await model.close();
      },
    };
  } catch (cause) {
    await host.release();
    await model.close();
    throw cause;
  }
}

function dataFilesOf(model: OpenModel): readonly string[] {
  if (model.kind === "document") return [];
  return [...signatureOf(model.decoded.message).external].map((location) => join(dirname(model.name), location));
}

async function ofDocument(
  model: DocumentModel,
  { target, ...options }: NetworkOptions,
  { open }: SessionHost,
  plan: CorePlan,
  { report }: Reporting,
): Promise<Network> {
  return model.placeErrors(() =>
    openDocument(model, { openScratch: scratchFiles(), ...options }, target, open, report, plan),
  );
}

async function ofGraph(
  { name, decoded }: GraphModel,
  options: NetworkOptions,
  { open }: SessionHost,
  plan: CorePlan,
  { report, note }: Reporting,
): Promise<Network> {
  const signature = signatureOf(decoded.message);
  const mixed = await findMixedPair(name, signature);
  if (mixed) throw new SmxcError([mixed]);
  const sessions = await graphSessions(plan, options, (use) => open(name, use));
  try {
    const network = await openGraph(
      { name, model: decoded.message, ...sessions, plan, target: options.target, report },
      options,
    );
    const isKnown = options.picture?.range !== undefined || readMetadata(signature.metadata)?.image !== undefined;
    if (!isKnown) note(assumed(network.format));
    return network;
  } catch (cause) {
    await sessions.session.release();
    throw cause;
  }
}

function assumed({ color, scale }: PictureFormat): string {
  return `the graph does not describe its pictures; assumed: ${color === "gray" ? "grey" : color} with values from 0 to 1, and a result ${scale === 1 ? "of the same size" : `${scale} times as large`}. Change this with --range and --color`;
}
