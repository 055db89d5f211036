/** From dropped files to a model that can be compiled and run. */
import { importCheckpoint } from "../../../src/api.js";
import { type ByteSource, blobSource, bytesSource } from "../../../src/base/bytes/byte-source.js";
import { type Diagnostic, type Reporter, SmxcError } from "../../../src/base/diagnostics.js";
import { modelNameOf } from "../../../src/frontends/checkpoints/model-name.js";
import type { PatchRule } from "../../../src/ir/patch-rule.js";
import { type GraphTiling, readMetadata } from "../../../src/metadata.js";
import { openGiven } from "../../../src/model-input.js";
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { metadataOf } from "../../../src/onnx/signature.js";
import { type DocumentModel, openModel } from "../../../src/open-model.js";
import { graphFormat } from "../../../src/restore/graph-format.js";
import { load, type ModelInput, type PictureFormat } from "../../../src/runtime/web.js";
import { missingWeights } from "../errors.js";
import { ORT_PATHS } from "./ort-paths.js";
import type { ModelFiles, ModelInfo, NamedBlob } from "./protocol.js";
import { tilingOfDocument, tilingOfGraph } from "./reach.js";

export interface OpenedModel {
  readonly input: ModelInput;
  readonly info: Omit<ModelInfo, "warnings" | "bytes">;
  /** How the network was evaluated on patches, where it was trained on them. */
  readonly rule?: PatchRule;
  /** What tiles must be; absent where a pixel of the result depends on the whole picture. */
  readonly tiling?: GraphTiling;
}

type Openers = {
  readonly [K in ModelFiles["kind"]]: (
    files: Extract<ModelFiles, { readonly kind: K }>,
    report: Reporter,
  ) => Promise<OpenedModel>;
};

const OPENERS: Openers = { checkpoint: openCheckpoint, document: openDocument, graph: openGraph };

/** @throws SmxcError whose diagnostics name the files as the user does */
export async function openFiles(files: ModelFiles, report: Reporter): Promise<OpenedModel> {
  const open = OPENERS[files.kind] as (files: ModelFiles, report: Reporter) => Promise<OpenedModel>;
  const inFile = (found: Diagnostic): Diagnostic => ({ file: files.file.name, ...found });
  try {
    return await open(files, (found) => report(inFile(found)));
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    throw new SmxcError(cause.diagnostics.map(inFile), cause.kind);
  }
}

async function openCheckpoint(
  { file, settings }: Extract<ModelFiles, { readonly kind: "checkpoint" }>,
  report: Reporter,
): Promise<OpenedModel> {
  const model = modelNameOf(file.name);
  const { document, weights } = await importCheckpoint(sourceOf(file), {
    config: settings.config,
    configPlace: (key) => ({ place: settings.config.has(key) ? `--set ${key}` : key }),
    report,
    ...(settings.arch === undefined ? {} : { arch: settings.arch }),
    ...(settings.key === undefined ? {} : { key: settings.key }),
    ...(model === undefined ? {} : { name: model }),
  });
  const name = `${stemOf(file.name)}.json`;
  const opened = await openGiven(document, weights, undefined, name);
  return { input: { document, weights, name }, ...saidOf(opened) };
}

async function openDocument(
  { file, weights }: Extract<ModelFiles, { readonly kind: "document" }>,
  report: Reporter,
): Promise<OpenedModel> {
  const bytes = new Uint8Array(await file.blob.arrayBuffer());
  const source = weights && sourceOf(weights);
  // What does not fit together is said now, and not at the first run.
  const model = await openModel(bytesSource(file.name, bytes), "document", {
    report,
    weights: async (named) => {
      if (named !== undefined && source === undefined) throw new SmxcError([missingWeights(named)]);
      return source;
    },
  });
  return {
    input: { document: bytes, name: file.name, ...(source ? { weights: source } : {}) },
    ...saidOf(model),
  };
}

async function openGraph({ file }: Extract<ModelFiles, { readonly kind: "graph" }>): Promise<OpenedModel> {
  const { decoded } = await openModel(sourceOf(file), "graph");
  const model = decoded.message;
  const metadata = readMetadata(metadataOf(model));
  const input = { graph: new Uint8Array(await file.blob.arrayBuffer()), name: file.name };
  const format = metadata?.image ?? (await formatOfShapes(file.name, model)) ?? (await formatOfRun(input));
  const tiling = await tilingOfGraph(file.name, model, metadata);
  return {
    input,
    info: { name: metadata?.model ?? stemOf(file.name), format },
    ...(tiling === undefined ? {} : { tiling }),
  };
}

/**
 * How a graph takes pictures that does not say it; undefined where its shapes leave its scale open.
 *
 * @throws SmxcError where it is no network from picture to picture
 */
async function formatOfShapes(name: string, model: ModelProto): Promise<PictureFormat | undefined> {
  const graph = { name, model, metadata: undefined };
  return graphFormat(graph, {}, { schemas: loadSchemas, report: () => {} }).catch((cause: unknown) => {
    if (cause instanceof SmxcError && cause.diagnostics.every(({ code }) => code === "run/no-scale")) return undefined;
    throw cause;
  });
}

/** The scale is seen in what a run gives. */
async function formatOfRun(input: Extract<ModelInput, { readonly graph: Uint8Array }>): Promise<PictureFormat> {
  const network = await load(input, { target: "wasm", jobs: 1, wasmPaths: ORT_PATHS });
  await network.release();
  return network.format;
}

/** A network that wants more than a picture is compiled here, and not run. */
function saidOf({ spec, weights }: DocumentModel): Omit<OpenedModel, "input"> {
  const { name, image, inputs, context, layers } = spec;
  const rule = context?.kind === "patch" ? context : undefined;
  const takesPictures = image !== undefined && inputs.length === 1;
  const tiling = takesPictures && rule === undefined ? tilingOfDocument(spec, weights) : undefined;
  return {
    info: {
      name,
      layers: layers.length,
      ...(takesPictures ? { format: image } : {}),
      ...(rule ? { patch: rule.patch } : {}),
    },
    ...(rule ? { rule } : {}),
    ...(tiling === undefined ? {} : { tiling }),
  };
}

function sourceOf({ name, blob }: NamedBlob): ByteSource {
  return blobSource(name, blob);
}

function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, "");
}
