/** `smxc inspect` of an ONNX file: what is read, and the text of what is found. */
import { dirname } from "node:path";
import { bytesSource, collect } from "../../../src/base/bytes/byte-source.js";
import type { Lines } from "../../../src/base/text/lines.js";
import type { OnnxLayer } from "../../../src/inspect/onnx/layers.js";
import { type OnnxSummary, summariseOnnx } from "../../../src/inspect/onnx/summary.js";
import { checkModel } from "../../../src/onnx/check/check-model.js";
import { modelFolder } from "../../../src/onnx/check/external-data-node.js";
import type { Finding } from "../../../src/onnx/check/finding.js";
import { decodeGraph } from "../../../src/onnx/decode.js";
import { encodeModel } from "../../../src/onnx/encode.js";
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { figureText, plus } from "../../../src/onnx/work/figures.js";
import type { GraphModel } from "../../../src/open-model.js";
import { bytesText, scaled } from "../../terminal/scaled.js";
import { table } from "../../terminal/table.js";

export interface OnnxInspection extends OnnxSummary {
  /** Findings of the official checker: their number, and the first of them. */
  readonly findings: { readonly count: number; readonly first: readonly Pick<Finding, "rule" | "place" | "message">[] };
}

const MOST_FINDINGS = 3;

/**
 * What is there, also in files that the official checker refuses.
 * @param shape of the first input, at which the work is counted
 * @throws SmxcError where the shape does not fit
 */
export async function inspectOnnx(
  { name, decoded }: GraphModel,
  shape: readonly number[] | undefined,
): Promise<OnnxInspection> {
  const broken = (await checkModel(decoded, { folder: modelFolder(dirname(name)) })).filter(
    ({ severity }) => severity === "error",
  );
  const first = broken
    .slice(0, MOST_FINDINGS)
    .map(({ rule, place, message }) => ({ rule, place: cut(place), message: cut(message) }));
  const summary = summariseOnnx(decoded, await loadSchemas(), shape);
  const all = broken.reduce((sum, { omitted = 0 }) => sum + 1 + omitted, 0);
  const findings = { count: all, first };
  return { ...summary, notes: [...summary.notes, ...findingNotes(name, findings)], findings };
}

function findingNotes(path: string, { count: all, first }: OnnxInspection["findings"]): readonly string[] {
  if (all === 0) return [];
  const findings = first.map(({ rule, place, message }) => `${place} ${message} (${rule})`).join("; ");
  const more = all > first.length ? `; and ${figureText(all - first.length)} more` : "";
  return [`the official checker refuses this file: ${findings}${more}; list all findings with smxc check ${path}`];
}

/** What is shown of the graph that a document compiles to; its weights are not read. */
export async function inspectCompiled(model: ModelProto, shape: readonly number[]): Promise<OnnxSummary> {
  const encoded = encodeModel(model, { external: { location: "weights" } }).model("");
  const decoded = await decodeGraph(bytesSource("graph", await collect(encoded)));
  return summariseOnnx(decoded, await loadSchemas(), shape);
}

export function onnxText(summary: OnnxSummary): Lines {
  const values = (list: OnnxSummary["inputs"]): string =>
    listText(
      list.map(({ name, shape }) => `${cut(name)} ${shapeText(shape)}`),
      MOST_VALUES,
    );
  const opsets = summary.opsets.map(({ domain, version, needed }) =>
    needed === null || needed === version
      ? `${cut(domain)} ${version}`
      : `${cut(domain)} ${version} (${needed} would do)`,
  );
  const operators = summary.operators.map(({ op, count }) => `${cut(op)} ${figureText(count)}`);
  return [
    `${cut(summary.name)}: ${values(summary.inputs)} → ${values(summary.outputs)}`,
    `made by ${cut(summary.producer) || "an unnamed producer"}, IR ${summary.irVersion}, ${listText(opsets, MOST_VALUES)}`,
    "",
    ...layersText(summary.layers),
    summary.unlistedNodes > 0 ? `and ${count(summary.unlistedNodes, "node")} that hold constants or compute sizes` : "",
    "",
    `${count(summary.nodes, "node")}: ${listText(operators, MOST_OPERATORS)}`,
    "",
    ...workText(summary),
    "",
    ...coverageText(summary.providers),
    ...(summary.notes.length > 0 ? ["", ...summary.notes.map((note) => `note: ${note}`)] : []),
  ];
}

/** What a page of text holds; `--json` has all of it. */
const MOST_ROWS = 500;
const MOST_VALUES = 16;
const MOST_OPERATORS = 40;

function listText(items: readonly string[], most: number): string {
  const more = items.length > most ? [`… and ${figureText(items.length - most)} more`] : [];
  return [...items.slice(0, most), ...more].join(", ");
}

function layersText(layers: readonly OnnxLayer[]): Lines {
  const shown = layers.slice(0, MOST_ROWS);
  const hasGroups = shown.some(({ nodes }) => nodes > 1);
  const rows = table(
    ["layer", "op", ...(hasGroups ? ["nodes"] : []), "shape", "parameters", "MACs"],
    shown.map(({ name, op, nodes, shape, parameters, macs }) => [
      cut(name),
      cut(op),
      ...(hasGroups ? [nodes] : []),
      shapeText(shape ?? undefined),
      cell(parameters),
      macs === null ? "?" : cell(macs),
    ]),
  );
  const more = layers.length - shown.length;
  return more > 0 ? [...rows, `… and ${count(more, "more layer")}; --json lists all`] : rows;
}

/** Numbers that are written in full stand to the right. */
function cell(figure: number): string | number {
  const text = figureText(figure);
  return /^[\d,]+$/.test(text) ? figure : text;
}

function workText(summary: OnnxSummary): Lines {
  const { parameters, macs, uncounted, measuredAt, weightBytes, peakBytes, unknownActivations, routingShare } = summary;
  const at = listText(
    measuredAt.map(({ name, shape }) => `${cut(name)} ${shapeText(shape)}`),
    MOST_VALUES,
  );
  const work = macs === 0 && uncounted > 0 ? "? MACs" : `${uncounted > 0 ? "at least " : ""}${scaled(macs, "MACs")}`;
  const activations =
    unknownActivations > 0
      ? `activations at least ${bytesText(peakBytes)} at once (sizes that are not known count as nothing)`
      : `activations at most ${bytesText(peakBytes)} at once: ${bytesText(plus(weightBytes, peakBytes))}`;
  return [
    `${count(parameters, "parameter")}, ${work}${at === "" ? "" : ` for ${at}`}`,
    `weights ${bytesText(weightBytes)}, ${activations}`,
    ...(routingShare === null ? [] : [`computing kernels takes ${(100 * routingShare).toPrecision(2)} % of the MACs`]),
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
      listText(
        elsewhere.map(({ op, status, count }) => `${cut(op)} ${count} (${words[status]})`),
        MOST_VALUES,
      ) || "none",
    ]),
  );
}

/** `?` is what nothing says. */
function shapeText(shape: readonly (number | string | null)[] | undefined): string {
  if (shape === undefined) return "?";
  const dims = shape.map((size) => (size === null ? "?" : typeof size === "number" ? String(size) : cut(size)));
  return `[${listText(dims, MOST_VALUES)}]`;
}

const MOST_CHARACTERS = 100;

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function count(n: number, word: string): string {
  return `${figureText(n)} ${word}${n === 1 ? "" : "s"}`;
}
