/**
 * One 3×3 convolution on a canvas, as a separable Winograd convolution in plain ONNX operators: the kernel, mixed or
 * constant, is transformed; the input goes through two 3-D convolutions with constant transform matrices; one matrix
 * product per point; two matrix products back. See docs/explain/lowerings.md for why each step has the form that it has.
 */
import { type Dim, productDim, symbol } from "../../ir/dim.js";
import type { GraphEmitter } from "../emitter.js";
import type { CanvasLayer, LayerInput } from "./canvas-layer.js";
import { emitClosing } from "./emit-closing.js";
import { inPoints } from "./kernel.js";
import { kernelsOfParts, type LayerPart, partsOfLayer } from "./layer-parts.js";
import { once, remembered } from "./lazily.js";
import { inPointsShape } from "./points.js";
import { emitRepeatedWindow } from "./repeated.js";
import { emitStrip, type StripInputs, type StripPart } from "./strip.js";
import { clears } from "./strip-activation.js";
import { StripScan } from "./strip-scan.js";
import { type CanvasValue, CHANNEL_AXIS, canvasValue, type RawCanvas } from "./value.js";

export interface EmittedLayer {
  /** Of a layer that something closes: that without its bias, [1, O, H, W], pixels not shuffled yet. */
  readonly closed: string | undefined;
  readonly value: CanvasValue;
  /** Of each input that is kept: ONNX value of it in the points, as `LayerInput` takes it. */
  readonly points: readonly (string | undefined)[];
}

export function emitCanvasLayer(e: GraphEmitter, layer: CanvasLayer): EmittedLayer {
  return layer.canvas.isCut ? emitStrips(e, layer) : emitWhole(e, layer);
}

function emitWhole(e: GraphEmitter, layer: CanvasLayer): EmittedLayer {
  const { canvas, name, out } = layer;
  const { height, width, stripHeight, canvasWidth } = canvas.size;
  const exact = canvas.exactRows && canvas.exactColumns;
  const parts = partsOfLayer(layer);
  const kernels = kernelsOfParts(e, layer, parts);
  const cut = ({ picture, value, channels }: LayerInput): string =>
    exact || picture !== undefined
      ? (picture ?? value())
      : e.op(
          "Slice",
          `${name}/window`,
          [value(), e.ints([0, 0]), canvas.vectors.end, e.ints([2, 3])],
          [1, 1, height, width, channels],
        );
  const strip = [stripHeight, canvasWidth, out];
  const residuals = layer.residuals.map((residual) =>
    e.op("Reshape", `${name}/residual`, [residual.raw().value, canvas.vectors.strip], strip),
  );
  const { value, shape, sums, points } = emitStrip(e, layer, {
    parts: parts.map((part, index): StripPart => {
      const { channels, points } = part;
      const kernel = kernels[index]!;
      if (points !== undefined) return { channels, kernel, points };
      return { channels, kernel, window: sideBySide(e, name, part, [1, 1, height, width], cut) };
    }),
    windowRows: height,
    rowPads: [1, canvas.exactRows ? 1 : canvas.form.rows.m],
    residuals,
    clearing: undefined,
    mask: layer.closing === undefined || canvas.exactRows ? undefined : wholeMask(e, layer),
  });
  const made = canvasValue(e, { name, canvas, channels: out }, () => ({ value, shape }), sums);
  return { closed: closedBy(e, layer, { value, shape }), value: made, points: keptPoints(parts, points) };
}

function closedBy(e: GraphEmitter, layer: CanvasLayer, raw: RawCanvas): string | undefined {
  return layer.closing && emitClosing(e, layer, layer.closing, raw);
}

function wholeMask(e: GraphEmitter, { name, canvas }: CanvasLayer): string {
  return e.op("Squeeze", `${name}/row_mask`, [canvas.tables.rowMask, e.ints([0])], [canvas.size.stripHeight, 1, 1]);
}

/** Values side by side are joined where they are read, while they are hot: a join of whole canvases goes through memory twice. */
function sideBySide(
  e: GraphEmitter,
  name: string,
  { inputs, channels }: LayerPart,
  shape: readonly Dim[],
  cut: (input: LayerInput) => string,
): string {
  const windows = inputs.map(cut);
  return windows.length === 1
    ? windows[0]!
    : e.op("Concat", `${name}/windows`, windows, [...shape, channels], { axis: CHANNEL_AXIS });
}

function keptPoints(
  parts: readonly LayerPart[],
  points: readonly (string | undefined)[],
): readonly (string | undefined)[] {
  return parts.flatMap(({ inputs, keeps }, index) => inputs.map(() => (keeps ? points[index] : undefined)));
}

/** Strip after strip in a Scan. */
function emitStrips(outer: GraphEmitter, layer: CanvasLayer): EmittedLayer {
  const { canvas, name, out } = layer;
  const { strips, stripHeight } = canvas.size;
  const parts = partsOfLayer(layer);
  const kernels = kernelsOfParts(outer, layer, parts).map((kernel) => inPoints(outer, layer, kernel));
  const scan = new StripScan(outer, name);
  const windowRows = typeof stripHeight === "number" ? stripHeight + 2 : symbol(`${name}.window_rows`);
  const windows = windowsOf(scan, layer, windowRows);
  const { value, shape, sums, points } = emitStrip(scan.e, layer, {
    parts: parts.map((part, index): StripPart => {
      const { channels, points } = part;
      const kernel = kernels[index]!;
      return points === undefined
        ? { channels, kernel, window: windows(part) }
        : { channels, kernel, points: scan.feed("strip_points", points, inPointsShape(canvas, channels, name)) };
    }),
    windowRows,
    rowPads: [0, 0],
    residuals: stripResiduals(outer, scan, layer),
    ...rowsBeyond(scan, layer),
  });
  const label = (index: number): string => `points_of_strips${index}`;
  const kept = parts.flatMap(({ keeps, channels }, index) =>
    keeps ? [{ value: points[index]!, label: label(index), shape: inPointsShape(canvas, channels, name) }] : [],
  );
  const given = scan.finish(strips, [
    { value, label: "strips", shape },
    ...(sums === undefined ? [] : [{ value: sums, label: "strip_sums", shape: [stripHeight, 1, out] }]),
    ...kept,
  ]);
  const raw = { value: given.get("strips")!, shape: [strips, ...shape] };
  return {
    closed: closedBy(outer, layer, raw),
    value: canvasValue(outer, { name, canvas, channels: out }, () => raw, given.get("strip_sums")),
    points: keptPoints(
      parts,
      parts.map((_, index) => given.get(label(index))),
    ),
  };
}

/** Windows overlap by a row on either side, so each is cut out by a Pad: of a canvas, or of a picture. */
function windowsOf(scan: StripScan, { name, canvas }: CanvasLayer, rows: Dim): (part: LayerPart) => string {
  const { tables, vectors, size } = canvas;
  const pads = (table: "windows" | "pictureWindows") =>
    once(() => scan.feed("strip_window", tables[table], [10], "INT64"));
  const [ofCanvas, ofPicture] = [pads("windows"), pads("pictureWindows")];
  const ofRepeated = remembered((scale) =>
    scan.feed("strip_small_window", vectors.repeatedWindows(scale), [10], "INT64"),
  );
  const shape = [1, 1, rows, size.width] as const;
  const cut = ({ picture, repeated, value, channels }: LayerInput): string => {
    if (repeated) {
      const window = { pads: ofRepeated(repeated.scale), channels, rows };
      return emitRepeatedWindow(scan, name, canvas, repeated, window);
    }
    const operands = picture === undefined ? [value(), ofCanvas()] : [picture, ofPicture()];
    return scan.e.op("Pad", `${name}/window`, operands, [...shape, channels]);
  };
  return (part) => sideBySide(scan.e, name, part, shape, cut);
}

function stripResiduals(
  outer: GraphEmitter,
  scan: StripScan,
  { name, canvas, residuals, out }: CanvasLayer,
): readonly string[] {
  const { strips, stripHeight, canvasWidth } = canvas.size;
  const strip = [stripHeight, canvasWidth, out];
  return residuals.map((residual) => {
    const inStrips = [residual.raw().value, canvas.vectors.allStrips];
    return scan.feed("strip_residual", outer.op("Reshape", `${name}/residual`, inStrips, [strips, ...strip]), strip);
  });
}

/** What makes rows beyond the picture zero, where there are some: the activation if it can, otherwise a product. */
function rowsBeyond(scan: StripScan, layer: CanvasLayer): Pick<StripInputs, "clearing" | "mask"> {
  const { activation, canvas } = layer;
  const { tables, size } = canvas;
  if (canvas.exactRows) return { clearing: undefined, mask: undefined };
  if (!clears(activation))
    return { clearing: undefined, mask: scan.feed("strip_mask", tables.rowMask, [size.stripHeight, 1, 1]) };
  const each = [cellOutputs(layer), 1];
  const bias = scan.feed("strip_clearing", tables.clearingBias, each);
  const slopes = activation?.kind === "prelu" ? scan.feed("strip_slopes", tables.cellMask, each) : undefined;
  return { clearing: { bias, slopes }, mask: undefined };
}

/** Outputs per channel of a strip. */
function cellOutputs({ name, canvas }: CanvasLayer): Dim {
  const { cellRows, cellColumns } = canvas.size;
  return productDim([canvas.form.rows.m, cellRows, cellColumns], `${name}.tiles`);
}
