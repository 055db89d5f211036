/** A model whose routers can be looked at: a document, a graph that shows its β, or any graph with computed kernels. */
import { NO_ROUTER } from "../../../src/accelerate/betas.js";
import { collect } from "../../../src/base/bytes/byte-source.js";
import { error, SmxcError } from "../../../src/base/diagnostics.js";
import { readMetadata } from "../../../src/metadata.js";
import { encodeModel } from "../../../src/onnx/encode.js";
import type { ModelWithGraph } from "../../../src/onnx/graph/records.js";
import { metadataOf, signatureOf } from "../../../src/onnx/signature.js";
import type { DocumentModel, GraphModel, OpenModel } from "../../../src/open-model.js";
import type { Image } from "../../../src/pictures/image.js";
import type { ContextOptions } from "../../../src/restore/network.js";
import { restorePicture } from "../../../src/restore/restore.js";
import type { Betas, ContextKind } from "../../../src/restore/restorer.js";
import { graphBetas, showsBetas } from "../../../src/routes/graph-betas.js";
import { checkFinite } from "../../../src/routes/study.js";
import type { Session } from "../../../src/sessions/session.js";
import { createCpuSession } from "../../../src/sessions/session-cpu-node.js";
import { createNodeSession } from "../../../src/sessions/session-ort-node.js";
import type { Context } from "../../flags/command.js";
import { findMixedPair } from "../../models/external-data.js";
import { graphCompiler, KEPT_SIZES } from "../../models/graph-compiler.js";
import { openGraphSource } from "../../models/graph-source.js";
import { openNetwork } from "../../models/open-network.js";

export interface OpenRouters {
  /** What β is pooled over. */
  readonly context: ContextKind;
  /** The files behind it: none of them may be an output. */
  readonly files: readonly string[];
  /** β of the runs of a picture. @throws SmxcError as of pictures that do not fit, and `routes/not-finite` */
  betasOf(picture: Image, onProgress: (share: number) => void): Promise<readonly Betas[]>;
  close(): Promise<void>;
}

export type RouterOptions = Pick<ContextOptions, "context" | "picture">;

/** @throws SmxcError `routes/none`; as `openNetwork` and `graphBetas`; the model is closed then */
export async function openRouters(context: Context, model: OpenModel, options: RouterOptions): Promise<OpenRouters> {
  return model.kind === "document" ? ofDocument(context, model, options) : ofGraph(context, model, options);
}

async function ofDocument(context: Context, model: DocumentModel, options: RouterOptions): Promise<OpenRouters> {
  const network = await openNetwork(model, { ...options, exposeBeta: true, target: "cpu" }, context);
  return {
    context: network.context,
    files: network.files,
    async betasOf(picture, onProgress) {
      const found: Betas[] = [];
      await restorePicture(network, picture, {
        alpha: "drop",
        onBetas: (each) => {
          checkFinite(each);
          found.push(each);
        },
        onProgress: (done, total) => onProgress(done / total),
      });
      return found;
    },
    close: network.close,
  };
}

async function ofGraph(context: Context, model: GraphModel, options: RouterOptions): Promise<OpenRouters> {
  const { name, decoded } = model;
  const closers = [model.close];
  const close = async (): Promise<void> => {
    for (const each of closers.toReversed()) await each();
  };
  try {
    const source = await openGraphSource(model);
    closers.push(source.close);
    const running = graphBetas({ name, model: decoded.message, report: context.report }, options);
    const session = await (showsBetas(decoded.message) ? openShown(model) : openCompiled(context, name, source.model));
    closers.push(() => session.release());
    const graph = running(session);
    return {
      context: graph.context,
      files: source.files,
      async betasOf(picture, onProgress) {
        const found = await graph.betasOf(picture);
        onProgress(1);
        return found;
      },
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** A graph that shows its β is run as it is. */
async function openShown({ name, decoded }: GraphModel): Promise<Session> {
  const mixed = await findMixedPair(name, signatureOf(decoded.message));
  if (mixed) throw new SmxcError([mixed]);
  return createNodeSession(name, { target: "cpu" });
}

/** Of any other the mixtures are raised, and shown. @throws SmxcError `routes/none`, `usage/needs-document` */
async function openCompiled(context: Context, name: string, source: ModelWithGraph): Promise<Session> {
  const compile = await graphCompiler(source);
  const { model, report } = await compile({ exposeBeta: true, sizes: KEPT_SIZES, report: context.report }).catch(
    (cause: unknown) => {
      const isWithout = cause instanceof SmxcError && cause.diagnostics.some(({ code }) => code === NO_ROUTER);
      if (!isWithout) throw cause;
      throw readMetadata(metadataOf(source)) === undefined ? noRouters(name) : alreadyCompiled(name);
    },
  );
  for (const { node, reason } of report.kernels.filter(({ became }) => became === "kept"))
    context.note(`left out: ${node}, because its computed kernel could not be read as a mixture of experts: ${reason}`);
  const bytes = await collect(encodeModel(model).model);
  return (await createCpuSession({ name: `${name} (compiled)`, bytes })).session;
}

const noRouters = (file: string): SmxcError =>
  new SmxcError([
    error("routes/none", "the graph has no routers that smxc recognises: no kernel is mixed from experts by a router", {
      file,
      hint: "see what became of each computed kernel with smxc compile --explain",
    }),
  ]);

const alreadyCompiled = (file: string): SmxcError =>
  new SmxcError(
    [
      error(
        "usage/needs-document",
        "smxc compiled this graph without β as outputs, so its routers can no longer be found",
        {
          file,
          hint: "give the document or graph that it was compiled from, or compile that again with --expose-beta",
        },
      ),
    ],
    "usage",
  );
