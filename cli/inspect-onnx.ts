/** `smxc inspect` of an ONNX file: what is read, and the text of what is found. */
import { error, SmxcError } from "../src/diagnostics.js";
import type { OnnxLayer } from "../src/inspect/onnx/layers.js";
import { type OnnxSummary, summariseOnnx } from "../src/inspect/onnx/summary.js";
import { checkModel } from "../src/onnx/check/check-model.js";
import { decodeGraph } from "../src/onnx/decode.js";
import { encodeModel } from "../src/onnx/encode.js";
import type { OnnxModel } from "../src/onnx/model.js";
import { loadSchemas } from "../src/onnx/schemas/registry.js";
import type { Lines } from "../src/text/lines.js";
import { bytesSource, collect } from "../src/weights/byte-source.js";
import { openFileSource } from "../src/weights/file-source-node.js";
import { bytesText, scaled } from "./scaled.js";
import { table } from "./table.js";

/**
 * @param shape of the first input, at which the work is counted
 * @throws SmxcError where the file cannot be read, is not valid, or the shape does not fit
 */
export async function inspectOnnx(path: string, shape: readonly number[] | undefined): Promise<OnnxSummary> {
  const source = await openFileSource(path);
  try {
    const decoded = await decodeGraph(source);
    const broken = (await checkModel(decoded)).filter(({ severity }) => severity === "error");
    if (broken.length > 0) {
      throw new SmxcError(
        broken.map(({ rule, message, place, hint }) =>
          error(rule, message, { file: path, place, ...(hint === undefined ? {} : { hint }) }),
        ),
      );
    }
    return summariseOnnx(decoded, await loadSchemas(), shape);
  } finally {
    await source.close();
  }
}

/** What is told of the graph that a document compiles to; its weights are not read. */
export async function inspectCompiled(model: OnnxModel, shape: readonly number[]): Promise<OnnxSummary> {
  const encoded = encodeModel(model, { external: { location: "weights" } }).model("");
  const decoded = await decodeGraph(bytesSource("graph", await collect(encoded)));
  return summariseOnnx(decoded, await loadSchemas(), shape);
}

export function onnxText(summary: OnnxSummary): Lines {
  const values = (list: OnnxSummary["inputs"]): string =>
    list.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(", ");
  const opsets = summary.opsets.map(({ domain, version, needed }) =>
    needed === null || needed === version ? `${domain} ${version}` : `${domain} ${version} (${needed} would do)`,
  );
  return [
    `${summary.name}: ${values(summary.inputs)} → ${values(summary.outputs)}`,
    `made by ${summary.producer || "an unnamed producer"}, IR ${summary.irVersion}, ${opsets.join(", ")}`,
    "",
    ...layersText(summary.layers),
    summary.unlistedNodes > 0 ? `and ${count(summary.unlistedNodes, "node")} of constants and arithmetic on sizes` : "",
    "",
    `${count(summary.nodes, "node")}: ${summary.operators.map(({ op, count }) => `${op} ${count}`).join(", ")}`,
    "",
    ...workText(summary),
    "",
    ...coverageText(summary.providers),
    ...(summary.notes.length > 0 ? ["", ...summary.notes.map((note) => `note: ${note}`)] : []),
  ];
}

function layersText(layers: readonly OnnxLayer[]): Lines {
  const hasGroups = layers.some(({ nodes }) => nodes > 1);
  return table(
    ["layer", "op", ...(hasGroups ? ["nodes"] : []), "shape", "parameters", "MACs"],
    layers.map(({ name, op, nodes, shape, parameters, macs }) => [
      name,
      op,
      ...(hasGroups ? [nodes] : []),
      shapeText(shape ?? undefined),
      parameters,
      macs ?? "?",
    ]),
  );
}

function workText({ parameters, macs, measuredAt, weightBytes, peakBytes, routingShare }: OnnxSummary): Lines {
  const at = measuredAt.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(", ");
  return [
    `${count(parameters, "parameter")}, ${scaled(macs, "MACs")}${at === "" ? "" : ` for ${at}`}`,
    `weights ${bytesText(weightBytes)}, activations at most ${bytesText(peakBytes)} at once: ${bytesText(weightBytes + peakBytes)}`,
    ...(routingShare === null ? [] : [`making kernels takes ${(100 * routingShare).toPrecision(2)} % of the MACs`]),
  ];
}

export function coverageText(providers: OnnxSummary["providers"]): Lines {
  const words = {
    moved: "moved to the CPU",
    control: "wait for the host",
    "as-float32": "in 32 bits",
    refused: "refused",
    unknown: "not known",
    native: "",
    host: "",
  } as const;
  return table(
    ["provider", "runs", "on the host", "other nodes"],
    providers.map(({ provider, nodes, elsewhere }) => [
      provider,
      nodes.native,
      nodes.host,
      elsewhere.map(({ op, status, count }) => `${op} ${count} (${words[status]})`).join(", ") || "none",
    ]),
  );
}

function shapeText(shape: readonly (number | string | null)[] | undefined): string {
  return shape === undefined ? "" : `[${shape.map((size) => size ?? "?").join(", ")}]`;
}

function count(n: number, word: string): string {
  return `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
}
