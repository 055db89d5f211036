/**
 * One 3×3 convolution on a canvas, as a separable Winograd convolution in plain ONNX operators: the kernel, mixed or
 * constant, is transformed; the input goes through two 3-D convolutions with constant transform matrices; one matrix
 * product per point; two matrix products back. See docs/lowerings.md for why each step has the form that it has.
 */
import { type Dim, productDim, symbol } from "../../ir/dim.js";
import { GraphEmitter, valueInfo } from "../emitter.js";
import type { CanvasLayer } from "./canvas-layer.js";
import { inPoints, kernelSource } from "./kernel.js";
import { type Clearing, emitStrip } from "./strip.js";
import { clears } from "./strip-activation.js";
import { type CanvasValue, CHANNEL_AXIS, canvasValue } from "./value.js";

export function emitCanvasLayer(e: GraphEmitter, layer: CanvasLayer): CanvasValue {
  return layer.canvas.isCut ? emitStrips(e, layer) : emitWhole(e, layer);
}

function emitWhole(e: GraphEmitter, layer: CanvasLayer): CanvasValue {
  const { canvas, name, channels, out } = layer;
  const { height, width, stripHeight, canvasWidth } = canvas.size;
  const x = layer.x.value();
  const exact = canvas.exactRows && canvas.exactColumns;
  const cut = [x, e.ints([0, 0]), canvas.vectors.end, e.ints([2, 3])];
  const window = exact ? x : e.op("Slice", `${name}/window`, cut, [1, 1, height, width, channels]);
  const residual =
    layer.residual &&
    e.op(
      "Reshape",
      `${name}/residual`,
      [layer.residual.raw.value, canvas.vectors.strip],
      [stripHeight, canvasWidth, out],
    );
  const { value, shape, sums } = emitStrip(e, layer, {
    window,
    windowRows: height,
    rowPads: [1, canvas.exactRows ? 1 : canvas.form.rows.m],
    kernel: kernelSource(e, layer),
    residual,
    clearing: undefined,
    mask: undefined,
  });
  return canvasValue(e, { name, canvas, channels: out }, { value, shape }, sums);
}

/** Strip after strip in a Scan: windows overlap by a row on either side, so each is cut out of the canvas by a Pad. */
function emitStrips(outer: GraphEmitter, layer: CanvasLayer): CanvasValue {
  const { canvas, name, channels, out } = layer;
  const { strips, stripHeight, canvasWidth, width } = canvas.size;
  const { tables, vectors } = canvas;
  const kernel = inPoints(outer, layer, kernelSource(outer, layer));
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
  const pads = feed("strip_window", tables.windows, [10], "INT64");
  // Values side by side are joined here, while they are hot: a join of whole canvases goes through memory twice.
  const windows = (layer.x.parts ?? [{ channels, value: layer.x.value }]).map((part) =>
    e.op("Pad", `${name}/window`, [part.value(), pads], [1, 1, windowRows, width, part.channels]),
  );
  const shapeOfAll = [1, 1, windowRows, width, channels];
  const window =
    windows.length === 1 ? windows[0]! : e.op("Concat", `${name}/windows`, windows, shapeOfAll, { axis: CHANNEL_AXIS });
  const ragged = !canvas.exactRows;
  const clearing = (): Clearing => ({
    bias: feed("strip_clearing", tables.clearingBias, [cellOutputs(layer), 1]),
    slopes:
      layer.activation?.kind === "prelu" ? feed("strip_slopes", tables.cellMask, [cellOutputs(layer), 1]) : undefined,
  });
  const strip: readonly Dim[] = [stripHeight, canvasWidth, out];
  const residual = layer.residual?.raw.value;
  const { value, shape, sums } = emitStrip(e, layer, {
    window,
    windowRows,
    rowPads: [0, 0],
    kernel,
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
  const outputs = [
    { inner: value, label: "strips", shape },
    ...(sums === undefined ? [] : [{ inner: sums, label: "strip_sums", shape: [stripHeight, 1, out] as const }]),
  ].map((output) => ({ ...output, name: outer.fresh(`${name}/${output.label}`) }));
  const body = e.finish(
    `${name}/strip`,
    infos,
    outputs.map((output) => valueInfo(output.inner, output.shape)),
  );
  outer.multi(
    "Scan",
    `${name}/each_strip`,
    feeds,
    outputs.map((output) => ({ name: output.name, shape: [strips, ...output.shape] })),
    { body: { g: body }, num_scan_inputs: feeds.length },
  );
  const raw = { value: outputs[0]!.name, shape: [strips, ...shape] };
  return canvasValue(outer, { name, canvas, channels: out }, raw, outputs[1]?.name);
}

/** Outputs per channel of a strip. */
function cellOutputs({ name, canvas }: CanvasLayer): Dim {
  const { cellRows, cellColumns } = canvas.size;
  return productDim([canvas.form.rows.m, cellRows, cellColumns], `${name}.tiles`);
}
