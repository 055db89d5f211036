/** A graph as a model of Triton's repository. */
import { basename, dirname, join } from "node:path";
import { type Reporter, SmxcError } from "../../../src/base/diagnostics.js";
import type { Lines } from "../../../src/base/text/lines.js";
import { type ModelMetadata, readMetadata } from "../../../src/metadata.js";
import { isOnnxDomain } from "../../../src/onnx/domains.js";
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import { oldestRuntime } from "../../../src/onnx/runtime-versions.js";
import { metadataOf, signatureOf } from "../../../src/onnx/signature.js";
import type { OutputFile, WrittenFile } from "../../files/write-files.js";
import { findMixedPair } from "../../models/external-data.js";
import { openGraphSource } from "../../models/graph-source.js";
import { openModelFile } from "../../models/open-model.js";
import { differencesOf } from "./check-config.js";
import { configFormat } from "./config-text.js";
import * as errors from "./errors.js";
import { type GraphTensors, graphTensors, whyNotJoined } from "./graph-tensors.js";
import { type ModelConfig, modelConfig } from "./model-config.js";
import { copyOf, writeModel } from "./write-model.js";

export interface TritonOptions {
  readonly output: string;
  readonly name: string | undefined;
  readonly maxBatch: number | undefined;
  /** Where nothing is asked for. */
  readonly defaultBatch: number;
  readonly kind: "cpu" | "gpu";
  readonly instances: number;
  readonly report: Reporter;
}

export interface Deployed {
  readonly name: string;
  readonly files: readonly WrittenFile[];
  readonly config: ModelConfig;
  /** What a request should hold, so that the server finds others to join it with. */
  readonly unit: { readonly kind: "patch"; readonly side: number } | { readonly kind: "picture" | "tensor" };
}

/** Of the container 26.07. */
const TRITON_RUNTIME = "1.27";
/** Side of the warm-up's pictures where the graph says nothing. */
const WARMUP_SIDE = 64;
/** The text says where it comes from. */
const HEAD = "# Written by smxc deploy triton.\n";

/** @throws SmxcError where the graph is invalid, or what it takes and gives cannot be written for Triton */
export async function deployTriton(path: string, options: TritonOptions): Promise<Deployed> {
  const name = nameOf(path, options.name);
  const opened = await openModelFile(path, "graph");
  try {
    const source = await openGraphSource(opened);
    try {
      const model = opened.decoded.message;
      const mixed = await findMixedPair(path, signatureOf(model));
      if (mixed !== undefined) throw new SmxcError([mixed]);
      const tensors = await graphTensors(model, path);
      const metadata = readMetadata(metadataOf(model));
      warnOf(path, model, metadata, options);
      const config = modelConfig(tensors, {
        ...options,
        name,
        maxBatch: batchOf(path, tensors, options),
        side: sideOf(metadata),
      });
      const folder = join(options.output, name);
      const text = await textOf(config, tensors, join(folder, "config.pbtxt"));
      const locations = source.files.slice(1).map((file) => file.slice(dirname(path).length + 1));
      const files = [...locations, basename(path)].map((location, at, all) => ({
        from: join(dirname(path), location),
        to: join(folder, "1", at === all.length - 1 ? "model.onnx" : location),
      }));
      const outputs: readonly OutputFile[] = [
        ...(await Promise.all(files.map(async ({ from, to }) => ({ path: to, content: await copyOf(from) })))),
        { path: join(folder, "config.pbtxt"), content: text },
      ];
      return { name, files: await writeModel(outputs, source.files), config, unit: unitOf(metadata, tensors) };
    } finally {
      await source.close();
    }
  } finally {
    await opened.close();
  }
}

/** @throws SmxcError where the folder and the addresses of the model cannot have that name */
export function nameOf(path: string, given: string | undefined): string {
  const name = given ?? basename(path).replace(/\.onnx$/, "");
  if (!/^\w([\w.-]*\w)?$/.test(name)) throw errors.wrongName(name);
  return name;
}

export function deployedText({ name, files, config, unit }: Deployed): Lines {
  const { max_batch_size: most, instance_group: groups } = config;
  return [
    ...files.map((file) => `wrote ${file.path} (${file.bytes.toLocaleString("en")} bytes)`),
    `${name}: ${most > 0 ? `up to ${most} requests of one size run as a batch` : "requests run one by one"}, ` +
      `${groups[0]!.count} at a time on ${groups[0]!.kind === "KIND_GPU" ? "each GPU" : "the CPU"}`,
    ...(unit.kind === "patch"
      ? [
          `send patches of ${unit.side}×${unit.side} pixels: each router computes β from such a patch${most > 0 ? ". The server joins requests of one size to a batch" : ""}`,
        ]
      : []),
  ];
}

function warnOf(
  file: string,
  model: ModelProto,
  metadata: ModelMetadata | undefined,
  { kind, report }: TritonOptions,
): void {
  const oldest = oldestRuntime(model);
  if (oldest === undefined || isLater(oldest, TRITON_RUNTIME)) {
    const opset = model.opset_import.find(({ domain }) => isOnnxDomain(domain))?.version;
    const needs = `${opset === undefined ? "no opset of ai.onnx" : `opset ${opset}`} and IR version ${model.ir_version ?? "none"}`;
    report(errors.newerRuntime(file, needs, TRITON_RUNTIME));
  }
  const target = metadata?.compiled.target;
  if (target !== undefined && (target === "cuda") !== (kind === "gpu")) report(errors.otherTarget(file, target, kind));
}

function isLater(a: string, b: string): boolean {
  const [[aMajor = 0, aMinor = 0], [bMajor = 0, bMinor = 0]] = [a, b].map((text) => text.split(".").map(Number)) as [
    number[],
    number[],
  ];
  return aMajor > bMajor || (aMajor === bMajor && aMinor > bMinor);
}

/** @throws SmxcError where a batch is asked for that the graph does not take */
function batchOf(file: string, tensors: GraphTensors, { maxBatch, defaultBatch, report }: TritonOptions): number {
  const why = whyNotJoined(tensors);
  if (why === undefined) return maxBatch ?? defaultBatch;
  if (maxBatch !== undefined && maxBatch > 0) throw new SmxcError([errors.fixedBatch(file, why.place, why.reason)]);
  if (maxBatch === undefined) report(errors.notJoined(file, why.place, why.reason));
  return 0;
}

/** Of pictures that the graph takes, for the warm-up. */
function sideOf(metadata: ModelMetadata | undefined): number {
  const unit = patchOf(metadata);
  if (unit !== undefined) return unit;
  const multiple = metadata?.image?.multiple ?? 1;
  return Math.ceil(WARMUP_SIDE / multiple) * multiple;
}

/** Side of the patches that a graph was trained on and pools β over, where it does not cut pictures into them itself. */
function patchOf(metadata: ModelMetadata | undefined): number | undefined {
  return metadata?.context?.kind === "patch" &&
    metadata.compiled.context === "whole" &&
    metadata.compiled.fold === undefined
    ? metadata.context.patch
    : undefined;
}

function unitOf(metadata: ModelMetadata | undefined, { inputs }: GraphTensors): Deployed["unit"] {
  const side = patchOf(metadata);
  if (side !== undefined) return { kind: "patch", side };
  return { kind: inputs.length === 1 && inputs[0]!.shape.length === 4 ? "picture" : "tensor" };
}

/** Written, read back by the schema, and compared with the graph. */
async function textOf(config: ModelConfig, tensors: GraphTensors, file: string): Promise<string> {
  const format = await configFormat();
  const text = `${HEAD}${format.write(config)}\n`;
  const differences = differencesOf(format.read(text, file), tensors, { file });
  if (differences.length > 0) throw new SmxcError(differences);
  return text;
}
