/** How a graph takes pictures: what the user gives, what its metadata says, what its shapes show; in this order. */
import { type Reporter, SmxcError } from "../base/diagnostics.js";
import type { PictureColor } from "../frontends/document/document.js";
import type { GraphPicture, ModelMetadata } from "../metadata.js";
import type { ModelProto } from "../onnx/graph/records.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import * as errors from "./errors.js";
import { type PicturePorts, pictureInput, picturePorts } from "./graph-ports.js";
import type { PictureSize } from "./graph-scale.js";
import type { PictureFormat } from "./restorer.js";

/** What a user says of a graph's pictures. */
export type PictureOptions = Partial<Omit<PictureFormat, "multiple" | "task">>;

export interface PictureGraph {
  /** What messages call the graph. */
  readonly name: string;
  /** Valid. */
  readonly model: ModelProto;
  readonly metadata: ModelMetadata | undefined;
}

export interface FormatTools {
  readonly schemas: () => Promise<SchemaRegistry>;
  /** Runs the graph on one picture of zeros and returns the size of its result; absent: shapes must show it. */
  readonly run?: (ports: PicturePorts, picture: PictureSize) => Promise<PictureSize>;
  /** Receives what the user gives otherwise than the graph says. */
  readonly report: Reporter;
}

/** @throws SmxcError where the graph is no network of one picture, or what the user gives cannot be */
export async function graphFormat(
  graph: PictureGraph,
  given: PictureOptions,
  tools: FormatTools,
): Promise<GraphPicture> {
  const said = graph.metadata?.image;
  return said === undefined ? formatOfShapes(graph, given, tools) : formatOfMetadata(graph, said, given, tools);
}

/**
 * What the values of a graph's pictures are, whatever it gives for them.
 *
 * @throws SmxcError where its input is no picture, or what the user gives cannot be
 */
export function inputFormat(
  graph: PictureGraph,
  given: PictureOptions,
  tools: Pick<FormatTools, "report">,
): Pick<GraphPicture, "range" | "color"> {
  const said = graph.metadata?.image;
  return said === undefined
    ? valuesOf(graph.name, pictureInput(graph.model, graph.name).channels, given)
    : formatOfMetadata(graph, said, given, tools);
}

function formatOfMetadata(
  { name }: PictureGraph,
  said: GraphPicture,
  given: PictureOptions,
  { report }: Pick<FormatTools, "report">,
): GraphPicture {
  const format = {
    range: [...(given.range ?? said.range)] as [number, number],
    color: given.color ?? said.color,
    scale: given.scale ?? said.scale,
    ...(said.multiple === undefined ? {} : { multiple: said.multiple }),
    // What is said of another scale is not true of this one.
    ...(said.task === undefined || (given.scale ?? said.scale) !== said.scale ? {} : { task: said.task }),
  };
  if (channelsOf(format.color) !== channelsOf(said.color))
    throw new SmxcError([errors.colorOfOther(name, format.color, channelsOf(said.color))]);
  for (const key of ["range", "color", "scale"] as const) {
    const [before, after] = [valueText(said[key]), valueText(format[key])];
    if (before !== after) report(errors.otherThanSaid(name, key, before, after));
  }
  return format;
}

async function formatOfShapes(graph: PictureGraph, given: PictureOptions, tools: FormatTools): Promise<GraphPicture> {
  const ports = picturePorts(graph.model, graph.name);
  const values = valuesOf(graph.name, ports.input.channels ?? ports.output.channels, given);
  return { ...values, scale: await scaleOf(graph, ports, given.scale, tools) };
}

function valuesOf(
  name: string,
  channels: number | undefined,
  given: PictureOptions,
): Pick<GraphPicture, "range" | "color"> {
  const color = given.color ?? colorOf(channels);
  if (color === undefined) throw new SmxcError([errors.unknownChannels(name)]);
  if (channels !== undefined && channelsOf(color) !== channels)
    throw new SmxcError([errors.colorOfOther(name, color, channels)]);
  const [black, white] = given.range ?? [0, 1];
  return { range: [black, white], color };
}

async function scaleOf(
  { name, model }: PictureGraph,
  ports: PicturePorts,
  given: number | undefined,
  { schemas, run }: FormatTools,
): Promise<number> {
  // What follows shapes is loaded for graphs that do not say it.
  const { findScale, probeOf, scaleBetween } = await import("./graph-scale.js");
  const found = findScale(model, ports, await schemas());
  if (given !== undefined) {
    if (found.kind === "scale" && found.scale !== given)
      throw new SmxcError([errors.scaleOfShapes(name, given, found.scale)]);
    return given;
  }
  if (found.kind === "scale") return found.scale;
  if (found.kind === "none") throw new SmxcError([errors.noWholeScale(name, found.picture, found.result)]);
  if (run === undefined) throw new SmxcError([errors.unknownScale(name)]);
  const picture = probeOf(ports.input);
  const result = await run(ports, picture).catch((cause: unknown) => {
    if (cause instanceof SmxcError) throw new SmxcError([errors.unknownScale(name, cause.message)]);
    throw cause;
  });
  const seen = scaleBetween(picture, result);
  if (seen.kind !== "scale") throw new SmxcError([errors.noWholeScale(name, picture, result)]);
  return seen.scale;
}

const CHANNELS: Readonly<Record<PictureColor, 1 | 3>> = { rgb: 3, bgr: 3, gray: 1, y: 1 };

/** Channels of what a network of some colours sees. */
export function channelsOf(color: PictureColor): 1 | 3 {
  return CHANNELS[color];
}

function colorOf(channels: number | undefined): PictureColor | undefined {
  if (channels === undefined) return undefined;
  return channels === 1 ? "gray" : "rgb";
}

function valueText(value: number | string | readonly [number, number]): string {
  if (typeof value === "object") return value.join("..");
  return value === "gray" ? "grey" : String(value);
}
