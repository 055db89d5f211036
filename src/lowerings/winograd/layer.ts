/**
 * One 3×3 convolution on a canvas, as a separable Winograd convolution in plain ONNX operators: the kernel, mixed or
 * constant, is transformed; the input goes through two 3-D convolutions with constant transform matrices; one matrix
 * product per point; two matrix products back. See docs/lowerings.md for why each step has the form that it has.
 */
import { type Dim, symbol } from "../../ir/dim.js";
import type { LazyTensor } from "../../weights/tensor.js";
import { GraphEmitter, valueInfo } from "../emitter.js";
import type { Canvas } from "./canvas.js";
import { transformedKernel } from "./kernel.js";

export type LayerKernel =
  /** ONNX value [1, O, C·9] of a batch of one. */
  | { readonly mixed: string }
  /** [O, C, 3, 3] */
  | { readonly constant: LazyTensor; readonly name: string };

export interface CanvasLayer {
  readonly name: string;
  readonly canvas: Canvas;
  /** ONNX value of the input's canvas. */
  readonly x: string;
  readonly channels: number;
  readonly out: number;
  readonly kernel: LayerKernel;
  /** ONNX value [1, O]. */
  readonly bias: string;
  readonly relu: boolean;
  /** ONNX value of the canvas that is added to the result. */
  readonly residual: string | undefined;
  /** Whether a router reads the result, and with it the sums of its rows. */
  readonly sums: boolean;
}

export interface CanvasValue {
  /** ONNX value [1,1,Hc,Wc,C]. */
  readonly value: string;
  /** ONNX value [Hc,C]: sums of the rows over the picture's columns. */
  readonly sums: string | undefined;
}

/** The steps of one strip, or of the whole canvas where it is not cut. */
interface StripInputs {
  readonly window: string;
  /** Rows of zeros that the transform along the height adds before and after the window. */
  readonly rowPads: readonly [number, number];
  readonly residual: string | undefined;
  readonly drown: string | undefined;
  readonly mask: string | undefined;
}

interface StripResult {
  readonly value: string;
  readonly sums: string | undefined;
  /** Whether the value is the five-dimensional one. */
  readonly bare: boolean;
}

export function emitCanvasLayer(e: GraphEmitter, layer: CanvasLayer): CanvasValue {
  const kernel = transformedKernel(e, layer);
  return layer.canvas.strips ? emitStrips(e, layer, kernel) : emitWhole(e, layer, kernel);
}

function emitWhole(e: GraphEmitter, layer: CanvasLayer, kernel: string): CanvasValue {
  const { canvas, name, channels, out } = layer;
  const { height, width, stripHeight, canvasWidth, canvasHeight } = canvas.size;
  const exact = canvas.exactRows && canvas.exactColumns;
  const window = exact
    ? layer.x
    : e.op(
        "Slice",
        `${name}/window`,
        [layer.x, e.ints([0, 0]), canvas.vectors.end, e.ints([2, 3])],
        [1, 1, height, width, channels],
      );
  const residual =
    layer.residual &&
    e.op("Reshape", `${name}/residual`, [layer.residual, canvas.vectors.strip], [stripHeight, canvasWidth, out]);
  const rowPads = [1, canvas.exactRows ? 1 : canvas.form.rows.m] as const;
  const { value, sums } = emitStrip(
    e,
    layer,
    kernel,
    { window, rowPads, residual, drown: undefined, mask: undefined },
    height,
  );
  const shape = [1, 1, canvasHeight, canvasWidth, out];
  return {
    value: e.op("Reshape", `${name}:canvas`, [value, canvas.vectors.canvas], shape),
    sums: sums && e.op("Reshape", `${name}/row_sums`, [sums, e.ints([-1, out])], [canvasHeight, out]),
  };
}

function emitStrips(outer: GraphEmitter, layer: CanvasLayer, kernel: string): CanvasValue {
  const { canvas, name, channels, out } = layer;
  const { strips, stripHeight, canvasHeight, canvasWidth, width, tileRows, tileColumns } = canvas.size;
  const { form, tables, vectors } = canvas;
  const e = new GraphEmitter(outer.options, outer, "enclosing");
  const feeds: string[] = [];
  const infos: ReturnType<typeof valueInfo>[] = [];
  const feed = (label: string, value: string, shape: readonly Dim[], type: "FLOAT" | "INT64" = "FLOAT"): string => {
    const input = e.fresh(`${name}/${label}`);
    feeds.push(value);
    infos.push(valueInfo(input, shape, type));
    return input;
  };
  const tiles =
    typeof tileRows === "number" && typeof tileColumns === "number"
      ? form.rows.m * tileRows * tileColumns
      : symbol(`${name}.tiles`);
  const windowRows = typeof stripHeight === "number" ? stripHeight + 2 : symbol(`${name}.window_rows`);
  const pads = feed("strip_window", tables.windows, [10], "INT64");
  const window = e.op("Pad", `${name}/window`, [layer.x, pads], [1, 1, windowRows, width, channels]);
  const ragged = !canvas.exactRows;
  const drowned = layer.relu && ragged;
  const { value, sums, bare } = emitStrip(
    e,
    layer,
    kernel,
    {
      window,
      rowPads: [0, 0],
      residual:
        layer.residual &&
        feed(
          "strip_residual",
          outer.op(
            "Reshape",
            `${name}/residual`,
            [layer.residual, vectors.allStrips],
            [strips, stripHeight, canvasWidth, out],
          ),
          [stripHeight, canvasWidth, out],
        ),
      drown: drowned ? feed("strip_drown", tables.drown, [tiles, 1]) : undefined,
      mask: ragged && !layer.relu ? feed("strip_mask", tables.rowMask, [stripHeight, 1, 1]) : undefined,
    },
    windowRows,
  );
  const outputs = [value, ...(sums === undefined ? [] : [sums])];
  const bodyShapes: readonly (readonly Dim[])[] = [
    bare ? [tileRows, form.rows.m, tileColumns, form.columns.m, out] : [stripHeight, canvasWidth, out],
    [stripHeight, 1, out],
  ];
  const body = e.finish(
    `${name}/strip`,
    infos,
    outputs.map((output, index) => valueInfo(output, bodyShapes[index]!)),
  );
  const results = outputs.map((_, index) => ({
    name: outer.fresh(`${name}/${index === 0 ? "strips" : "strip_sums"}`),
    shape: [strips, ...bodyShapes[index]!],
  }));
  outer.multi("Scan", `${name}/each_strip`, feeds, results, {
    body: { type: "GRAPH", value: body },
    num_scan_inputs: feeds.length,
  });
  return {
    value: outer.op(
      "Reshape",
      `${name}:canvas`,
      [results[0]!.name, vectors.canvas],
      [1, 1, canvasHeight, canvasWidth, out],
    ),
    sums:
      results[1] &&
      outer.op("Reshape", `${name}/row_sums`, [results[1].name, outer.ints([-1, out])], [canvasHeight, out]),
  };
}

/**
 * The work on one strip: [1,1,rows,columns,C] to the strip of the result, [h,Wc,O] or, where nothing follows the
 * rearrangement of tiles, [r,m1,TW,m2,O], since a Reshape at the end of a Scan's body would be a copy.
 */
function emitStrip(
  e: GraphEmitter,
  layer: CanvasLayer,
  kernel: string,
  inputs: StripInputs,
  windowRows: Dim,
): StripResult {
  const { canvas, name, channels, out } = layer;
  const { rows, columns } = canvas.form;
  const { tileRows, tileColumns, stripHeight, canvasWidth } = canvas.size;
  const points = rows.n * columns.n;
  const tiles =
    typeof tileRows === "number" && typeof tileColumns === "number"
      ? tileRows * tileColumns
      : symbol(`${name}.tiles_of_strip`);
  const times = (count: Dim, factor: number, label: string): Dim =>
    typeof count === "number" ? count * factor : symbol(`${name}.${label}`);

  const acrossColumns = e.op(
    "Conv",
    `${name}/columns`,
    [inputs.window, e.floats(columns.bt.flat(), [columns.n, 1, 1, columns.n, 1])],
    [1, columns.n, windowRows, tileColumns, channels],
    {
      kernel_shape: [1, columns.n, 1],
      strides: [1, columns.m, 1],
      pads: [0, 1, 0, 0, canvas.exactColumns ? 1 : columns.m, 0],
    },
  );
  const wide = times(tileColumns, channels, "input_row");
  const byColumn = e.op(
    "Reshape",
    `${name}/by_column`,
    [acrossColumns, e.ints([columns.n, 1, 0, 1, -1])],
    [columns.n, 1, windowRows, 1, wide],
  );
  const acrossRows = e.op(
    "Conv",
    `${name}/rows`,
    [byColumn, e.floats(rows.bt.flat(), [rows.n, 1, rows.n, 1, 1])],
    [columns.n, rows.n, tileRows, 1, wide],
    { kernel_shape: [rows.n, 1, 1], strides: [rows.m, 1, 1], pads: [inputs.rowPads[0], 0, 0, inputs.rowPads[1], 0, 0] },
  );
  const v = e.op("Reshape", `${name}/v`, [acrossRows, e.ints([points, -1, channels])], [points, tiles, channels]);
  const u = "mixed" in layer.kernel ? e.transpose(`${name}/u`, kernel, [points, channels, out], [0, 2, 1]) : kernel;
  const product = e.op("MatMul", `${name}/product`, [v, u], [points, tiles, out]);
  const perPoint = times(tiles, out, "point_outputs");
  const byRow = e.op(
    "Reshape",
    `${name}/by_row`,
    [product, e.ints([columns.n, rows.n, -1])],
    [columns.n, rows.n, perPoint],
  );
  const rowsBack = e.op(
    "MatMul",
    `${name}/rows_back`,
    [e.floats(rows.at.flat(), [rows.m, rows.n]), byRow],
    [columns.n, rows.m, perPoint],
  );
  const width = times(perPoint, rows.m, "row_outputs");
  const flat = e.op("Reshape", `${name}/flat`, [rowsBack, e.ints([columns.n, -1])], [columns.n, width]);
  const bias = biasRow(e, layer, inputs.drown, width);
  const columnsBack = e.op(
    "Gemm",
    `${name}/columns_back`,
    [e.floats(columns.at.flat(), [columns.m, columns.n]), flat, bias],
    [columns.m, width],
  );
  const active = layer.relu ? e.op("Relu", `${name}/relu`, [columnsBack], [columns.m, width]) : columnsBack;
  const asTiles = e.op(
    "Reshape",
    `${name}/tiles`,
    [active, canvas.vectors.tiles],
    [columns.m, rows.m, tileRows, tileColumns, out],
  );
  const ordered = e.transpose(
    `${name}/ordered`,
    asTiles,
    [tileRows, rows.m, tileColumns, columns.m, out],
    [2, 1, 3, 0, 4],
  );
  const strip: readonly Dim[] = [stripHeight, canvasWidth, out];
  let y = e.op("Reshape", `${name}/strip`, [ordered, canvas.vectors.strip], strip);
  let value = ordered;
  if (inputs.mask !== undefined) value = y = e.op("Mul", `${name}/masked`, [y, inputs.mask], strip);
  if (inputs.residual !== undefined) value = y = e.op("Add", `${name}/added`, [y, inputs.residual], strip);
  const sums = layer.sums
    ? e.op("MatMul", `${name}/column_sums`, [canvas.tables.columnWeights, y], [stripHeight, 1, out])
    : undefined;
  return { value, sums, bare: value === ordered };
}

/** The bias of every output of a strip, [1, m1·r·TW·O]. */
function biasRow(e: GraphEmitter, layer: CanvasLayer, drown: string | undefined, width: Dim): string {
  const { name, canvas, out } = layer;
  if (drown === undefined) return e.op("Tile", `${name}/biases`, [layer.bias, canvas.vectors.repeats], [1, width]);
  const sunk = e.op("Add", `${name}/sunk_bias`, [drown, layer.bias], [symbol(`${name}.tiles`), out]);
  return e.op("Reshape", `${name}/biases`, [sunk, e.ints([1, -1])], [1, width]);
}
