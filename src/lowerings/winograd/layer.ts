/**
 * One 3×3 convolution on a canvas, as a separable Winograd convolution in plain ONNX operators: the kernel, mixed or
 * constant, is transformed; the input goes through two 3-D convolutions with constant transform matrices; one matrix
 * product per point; two matrix products back. See docs/lowerings.md for why each step has the form that it has.
 */
import { type Dim, productDim, symbol } from "../../ir/dim.js";
import { GraphEmitter, valueInfo } from "../emitter.js";
import type { CanvasLayer, LayerInput } from "./canvas-layer.js";
import { inPoints } from "./kernel.js";
import { kernelsOfParts, type LayerPart, partsOfLayer } from "./layer-parts.js";
import { once } from "./lazily.js";
import { inPointsShape } from "./points.js";
import { type Clearing, emitStrip, type StripPart } from "./strip.js";
import { clears } from "./strip-activation.js";
import { type CanvasValue, CHANNEL_AXIS, canvasValue } from "./value.js";

export interface EmittedLayer {
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
  const residual =
    layer.residual &&
    e.op(
      "Reshape",
      `${name}/residual`,
      [layer.residual.raw().value, canvas.vectors.strip],
      [stripHeight, canvasWidth, out],
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
    residual,
    clearing: undefined,
    mask: undefined,
  });
  const made = canvasValue(e, { name, canvas, channels: out }, () => ({ value, shape }), sums);
  return { value: made, points: keptPoints(parts, points) };
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

/** Strip after strip in a Scan: windows overlap by a row on either side, so each is cut out of the canvas by a Pad. */
function emitStrips(outer: GraphEmitter, layer: CanvasLayer): EmittedLayer {
  const { canvas, name, out } = layer;
  const { strips, stripHeight, canvasWidth, width } = canvas.size;
  const { tables, vectors } = canvas;
  const parts = partsOfLayer(layer);
  const kernels = kernelsOfParts(outer, layer, parts).map((kernel) => inPoints(outer, layer, kernel));
  const e = new GraphEmitter(outer.options, outer, "enclosing");
  const feeds: string[] = [];
  const infos: ReturnType<typeof valueInfo>[] = [];
  const feed = (label: string, value: string, shape: readonly Dim[], type: "FLOAT" | "INT64" = "FLOAT"): string => {
    const input = e.fresh(`${name}/${label}`);
    feeds.push(value);
    infos.push(valueInfo(input, shape, type));
    return input;
  };
  const windowRows = typeof stripHeight === "number" ? stripHeight + 2 : symbol(`${name}.window_rows`);
  const windowShape = [1, 1, windowRows, width] as const;
  const windowOf = (table: "windows" | "pictureWindows") =>
    once(() => feed("strip_window", tables[table], [10], "INT64"));
  const [canvasWindow, pictureWindow] = [windowOf("windows"), windowOf("pictureWindows")];
  const cut = ({ picture, value, channels }: LayerInput): string => {
    const operands = picture === undefined ? [value(), canvasWindow()] : [picture, pictureWindow()];
    return e.op("Pad", `${name}/window`, operands, [...windowShape, channels]);
  };
  const stripParts = parts.map((part, index): StripPart => {
    const { channels, points } = part;
    const kernel = kernels[index]!;
    return points === undefined
      ? { channels, kernel, window: sideBySide(e, name, part, windowShape, cut) }
      : { channels, kernel, points: feed("strip_points", points, inPointsShape(canvas, channels, name)) };
  });
  const ragged = !canvas.exactRows;
  const clearing = (): Clearing => ({
    bias: feed("strip_clearing", tables.clearingBias, [cellOutputs(layer), 1]),
    slopes:
      layer.activation?.kind === "prelu" ? feed("strip_slopes", tables.cellMask, [cellOutputs(layer), 1]) : undefined,
  });
  const strip: readonly Dim[] = [stripHeight, canvasWidth, out];
  const residual = layer.residual?.raw().value;
  const { value, shape, sums, points } = emitStrip(e, layer, {
    parts: stripParts,
    windowRows,
    rowPads: [0, 0],
    residual:
      residual &&
      feed(
        "strip_residual",
        outer.op("Reshape", `${name}/residual`, [residual, vectors.allStrips], [strips, ...strip]),
        strip,
      ),
    clearing: ragged && clears(layer.activation) ? clearing() : undefined,
    mask: ragged && !clears(layer.activation) ? feed("strip_mask", tables.rowMask, [stripHeight, 1, 1]) : undefined,
  });
  const output = (inner: string, label: string, itsShape: readonly Dim[]) => ({
    inner,
    name: outer.fresh(`${name}/${label}`),
    shape: itsShape,
  });
  const result = output(value, "strips", shape);
  const rowSums = sums === undefined ? [] : [output(sums, "strip_sums", [stripHeight, 1, out])];
  const kept = parts.map(({ keeps, channels }, index) =>
    keeps ? output(points[index]!, "points_of_strips", inPointsShape(canvas, channels, name)) : undefined,
  );
  const outputs = [result, ...rowSums, ...kept.filter((each) => each !== undefined)];
  const body = e.finish(
    `${name}/strip`,
    infos,
    outputs.map((each) => valueInfo(each.inner, each.shape)),
  );
  outer.multi(
    "Scan",
    `${name}/each_strip`,
    feeds,
    outputs.map((each) => ({ name: each.name, shape: [strips, ...each.shape] })),
    { body: { g: body }, num_scan_inputs: feeds.length },
  );
  const raw = { value: result.name, shape: [strips, ...shape] };
  return {
    value: canvasValue(outer, { name, canvas, channels: out }, () => raw, rowSums[0]?.name),
    points: keptPoints(
      parts,
      kept.map((each) => each?.name),
    ),
  };
}

/** Outputs per channel of a strip. */
function cellOutputs({ name, canvas }: CanvasLayer): Dim {
  const { cellRows, cellColumns } = canvas.size;
  return productDim([canvas.form.rows.m, cellRows, cellColumns], `${name}.tiles`);
}
