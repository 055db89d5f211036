/** The middle of a Winograd convolution: along the height into the points, the products, and back along the height. */
import { type Dim, productDim } from "../../ir/dim.js";
import { GraphEmitter, valueInfo } from "../emitter.js";
import type { Canvas } from "./canvas.js";
import type { CanvasLayer } from "./canvas-layer.js";
import { FORM_KERNEL } from "./forms.js";
import { chunksOf, emitPoints, type KernelSource, pointRows } from "./kernel.js";

export interface PointsInput {
  /** One, where the points are in chunks. */
  readonly parts: readonly PointsPart[];
  /** Rows of windows. */
  readonly rows: Dim;
  /** Rows of zeros that are added before and after. */
  readonly rowPads: readonly [number, number];
  /** Cells, r·TW. */
  readonly cells: Dim;
}

/** Some input channels. */
export type PointsPart = { readonly channels: number; readonly kernel: KernelSource } & (
  | {
      /** [1, n2, rows, TW, C]: in the points of the width. */
      readonly acrossColumns: string;
    }
  | {
      /** Of `inPointsShape`. */
      readonly points: string;
    }
);

export interface PointProducts {
  /** [n2, m1·cells·O], or in chunks [count, q, m1, cells·O]: the same values in the same order. */
  readonly products: string;
  /** Of each part that came in the points of the width alone: it in the points, of `inPointsShape`; none in chunks. */
  readonly points: readonly (string | undefined)[];
}

export function emitPointProducts(e: GraphEmitter, layer: CanvasLayer, input: PointsInput): PointProducts {
  return chunksOf(layer).count === 1 ? emitAtOnce(e, layer, input) : emitInChunks(e, layer, input);
}

/** How channels of a strip lie in the points: [n2, n1, r, 1, TW·C]. */
export function inPointsShape({ form, size }: Canvas, channels: number, layer: string): readonly Dim[] {
  return [form.columns.n, form.rows.n, size.cellRows, 1, inputRow(size.cellColumns, channels, layer)];
}

function inputRow(cellColumns: Dim, channels: number, layer: string): Dim {
  return productDim([cellColumns, channels], `${layer}.input_row${channels}`);
}

function emitAtOnce(e: GraphEmitter, layer: CanvasLayer, input: PointsInput): PointProducts {
  const { name, canvas, out } = layer;
  const { columns, rows } = canvas.form;
  const made = input.parts.map((part) => {
    const { channels, kernel } = part;
    const row = kernel.kind === "taps" ? pointRows(e, canvas.form, chunksOf(layer)) : kernel.value;
    const u = emitChunkKernel(e, layer, kernel, row);
    const points = "points" in part ? undefined : emitPointsOf(e, layer, input, part.acrossColumns, channels);
    const acrossRows = "points" in part ? part.points : points!;
    return { points, product: emitProduct(e, layer, { acrossRows, u, channels }, input.cells, columns.n) };
  });
  const shape = [columns.n * rows.n, input.cells, out];
  const sum = made
    .map(({ product }) => product)
    .reduce((total, product) => e.op("Add", `${name}/products`, [total, product], shape));
  return {
    products: emitRowsBack(e, layer, sum, input.cells, columns.n),
    points: made.map(({ points }) => points),
  };
}

/** From the points of the width to all, of `inPointsShape`. */
function emitPointsOf(
  e: GraphEmitter,
  layer: CanvasLayer,
  input: PointsInput,
  acrossColumns: string,
  channels: number,
): string {
  const { canvas, name } = layer;
  const { columns } = canvas.form;
  const byColumn = e.op(
    "Reshape",
    `${name}/by_column`,
    [acrossColumns, e.ints([columns.n, 1, 0, 1, -1])],
    [columns.n, 1, input.rows, 1, inputRow(canvas.size.cellColumns, channels, name)],
  );
  return emitAcrossRows(e, layer, input, byColumn, columns.n, channels);
}

/**
 * Chunk after chunk in a Scan, so that the kernel's points, V and M of a chunk stay in cache. ONNX Runtime takes the slices of
 * what is scanned without a copy, and writes the results in place.
 */
function emitInChunks(outer: GraphEmitter, layer: CanvasLayer, input: PointsInput): PointProducts {
  const { name, canvas, channels, out } = layer;
  const chunks = chunksOf(layer);
  const [part] = input.parts;
  if (part === undefined || input.parts.length > 1 || "points" in part)
    throw new TypeError(`${name}: chunks of points are made of one window`);
  const { kernel } = part;
  const e = new GraphEmitter(outer.options, outer, "enclosing");
  const chunkDims: readonly Dim[] = [
    chunks.columns,
    1,
    input.rows,
    1,
    inputRow(canvas.size.cellColumns, channels, name),
  ];
  const scanned = outer.op(
    "Reshape",
    `${name}/chunks`,
    [part.acrossColumns, canvas.vectors.chunks(chunks.count, chunks.columns)],
    [chunks.count, ...chunkDims],
  );
  const slice = e.fresh(`${name}/chunk`);
  const rows = e.fresh(`${name}/chunk_kernel`);
  const u = emitChunkKernel(e, layer, kernel, rows);
  const acrossRows = emitAcrossRows(e, layer, input, slice, chunks.columns, channels);
  const product = emitProduct(e, layer, { acrossRows, u, channels }, input.cells, chunks.columns);
  const result = emitRowsBack(e, layer, product, input.cells, chunks.columns);
  const perPoint = productDim([input.cells, out], `${name}.point_outputs`);
  const resultDims: readonly Dim[] = [chunks.columns, canvas.form.rows.m, perPoint];
  const body = e.finish(
    `${name}/points`,
    [valueInfo(slice, chunkDims), valueInfo(rows, PART_SHAPES[kernel.kind](chunks.points, channels, out))],
    [valueInfo(result, resultDims)],
  );
  const output = outer.fresh(`${name}/chunk_results`);
  outer.multi(
    "Scan",
    `${name}/each_chunk`,
    [scanned, kernel.kind === "taps" ? pointRows(outer, canvas.form, chunks) : kernel.value],
    [{ name: output, shape: [chunks.count, ...resultDims] }],
    { body: { g: body }, num_scan_inputs: 2 },
  );
  return { products: output, points: [undefined] };
}

/** From [q, 1, rows, 1, TW·C] to the points, [q, n1, r, 1, TW·C]. */
function emitAcrossRows(
  e: GraphEmitter,
  { name, canvas }: CanvasLayer,
  { rowPads }: PointsInput,
  byColumn: string,
  columns: number,
  channels: number,
): string {
  const { rows } = canvas.form;
  return e.op(
    "Conv",
    `${name}/rows`,
    [byColumn, e.floats(rows.bt.flat(), [rows.n, 1, rows.n, 1, 1])],
    [columns, rows.n, canvas.size.cellRows, 1, inputRow(canvas.size.cellColumns, channels, name)],
    { kernel_shape: [rows.n, 1, 1], strides: [rows.m, 1, 1], pads: [rowPads[0], 0, 0, rowPads[1], 0, 0] },
  );
}

interface Factors {
  /** [q, n1, r, 1, TW·C] */
  readonly acrossRows: string;
  /** [q·n1, C, O] */
  readonly u: string;
  readonly channels: number;
}

/** [q·n1, cells, O] */
function emitProduct(
  e: GraphEmitter,
  { name, canvas, out }: CanvasLayer,
  { acrossRows, u, channels }: Factors,
  cells: Dim,
  columns: number,
): string {
  const points = columns * canvas.form.rows.n;
  const v = e.op("Reshape", `${name}/v`, [acrossRows, e.ints([points, -1, channels])], [points, cells, channels]);
  return e.op("MatMul", `${name}/product`, [v, u], [points, cells, out]);
}

/** From [q·n1, cells, O] to [q, m1, cells·O]. */
function emitRowsBack(
  e: GraphEmitter,
  { name, canvas, out }: CanvasLayer,
  product: string,
  cells: Dim,
  columns: number,
): string {
  const { rows } = canvas.form;
  const perPoint = productDim([cells, out], `${name}.point_outputs`);
  const byRow = e.op(
    "Reshape",
    `${name}/by_row`,
    [product, e.ints([columns, rows.n, -1])],
    [columns, rows.n, perPoint],
  );
  return e.op(
    "MatMul",
    `${name}/rows_back`,
    [e.floats(rows.at.flat(), [rows.m, rows.n]), byRow],
    [columns, rows.m, perPoint],
  );
}

/** What a chunk is given of each kind of kernel. */
const PART_SHAPES: Readonly<
  Record<KernelSource["kind"], (points: number, channels: number, out: number) => readonly number[]>
> = {
  finished: (points, channels, out) => [points, channels, out],
  points: (points, channels, out) => [points, out, channels],
  taps: (points) => [points, FORM_KERNEL ** 2],
};

/**
 * A chunk's kernel, [points, C, O]. A mixed one is transposed here, beside the matrix product, for ONNX Runtime fuses the two
 * only within one graph.
 */
function emitChunkKernel(e: GraphEmitter, layer: CanvasLayer, kernel: KernelSource, part: string): string {
  if (kernel.kind === "finished") return part;
  const { points } = chunksOf(layer);
  const byOutput = kernel.kind === "points" ? part : emitPoints(e, layer, kernel.value, part, points);
  return e.transpose(`${layer.name}/u`, byOutput, [points, layer.channels, layer.out], [0, 2, 1]);
}
