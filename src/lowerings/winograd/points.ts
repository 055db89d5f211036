/** The middle of a Winograd convolution: along the height into the points, the products, and back along the height. */
import { type Dim, productDim } from "../../ir/dim.js";
import { GraphEmitter, valueInfo } from "../emitter.js";
import type { CanvasLayer } from "./canvas-layer.js";
import { FORM_KERNEL } from "./forms.js";
import { chunksOf, emitPoints, type KernelSource, pointRows } from "./kernel.js";

export interface PointsInput {
  /** [1, n2, rows, TW, C]: the input in the points of the width. */
  readonly acrossColumns: string;
  /** Rows of that value. */
  readonly rows: Dim;
  /** Rows of zeros that are added before and after. */
  readonly rowPads: readonly [number, number];
  readonly kernel: KernelSource;
  /** Cells, r·TW. */
  readonly cells: Dim;
}

/** Gives [n2, m1·cells·O], or in chunks [count, q, m1, cells·O]: the same values in the same order. */
export function emitPointProducts(e: GraphEmitter, layer: CanvasLayer, input: PointsInput): string {
  return chunksOf(layer).count === 1 ? emitAtOnce(e, layer, input) : emitInChunks(e, layer, input);
}

function emitAtOnce(e: GraphEmitter, layer: CanvasLayer, input: PointsInput): string {
  const { name, canvas, channels, out } = layer;
  const chunks = chunksOf(layer);
  const { columns } = canvas.form;
  const wide = productDim([canvas.size.cellColumns, channels], `${name}.input_row`);
  const byColumn = e.op(
    "Reshape",
    `${name}/by_column`,
    [input.acrossColumns, e.ints([columns.n, 1, 0, 1, -1])],
    [columns.n, 1, input.rows, 1, wide],
  );
  const part = input.kernel.kind === "taps" ? pointRows(e, canvas.form, chunks) : input.kernel.value;
  const u = emitChunkKernel(e, layer, input.kernel, part);
  return emitProduct(e, layer, input, byColumn, u, [columns.n, out]);
}

/**
 * Chunk after chunk in a Scan, so that the kernel's points, V and M of a chunk stay in cache. ONNX Runtime takes the slices of
 * what is scanned without a copy, and writes the results in place.
 */
function emitInChunks(outer: GraphEmitter, layer: CanvasLayer, input: PointsInput): string {
  const { name, canvas, channels, out } = layer;
  const chunks = chunksOf(layer);
  const e = new GraphEmitter(outer.options, outer, "enclosing");
  const wide = productDim([canvas.size.cellColumns, channels], `${name}.input_row`);
  const chunkDims: readonly Dim[] = [chunks.columns, 1, input.rows, 1, wide];
  const scanned = outer.op(
    "Reshape",
    `${name}/chunks`,
    [input.acrossColumns, canvas.vectors.chunks(chunks.count, chunks.columns)],
    [chunks.count, ...chunkDims],
  );
  const slice = e.fresh(`${name}/chunk`);
  const part = e.fresh(`${name}/chunk_kernel`);
  const { kernel } = input;
  const u = emitChunkKernel(e, layer, kernel, part);
  const result = emitProduct(e, layer, input, slice, u, [chunks.columns, out]);
  const perPoint = productDim([input.cells, out], `${name}.point_outputs`);
  const resultDims: readonly Dim[] = [chunks.columns, canvas.form.rows.m, perPoint];
  const body = e.finish(
    `${name}/points`,
    [valueInfo(slice, chunkDims), valueInfo(part, PART_SHAPES[kernel.kind](chunks.points, channels, out))],
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
  return output;
}

/** From [q, 1, rows, 1, TW·C] to [q, m1, cells·O]. */
function emitProduct(
  e: GraphEmitter,
  { name, canvas, channels }: CanvasLayer,
  { rowPads, cells }: PointsInput,
  byColumn: string,
  u: string,
  [columns, out]: readonly [number, number],
): string {
  const { rows } = canvas.form;
  const points = columns * rows.n;
  const wide = productDim([canvas.size.cellColumns, channels], `${name}.input_row`);
  const acrossRows = e.op(
    "Conv",
    `${name}/rows`,
    [byColumn, e.floats(rows.bt.flat(), [rows.n, 1, rows.n, 1, 1])],
    [columns, rows.n, canvas.size.cellRows, 1, wide],
    { kernel_shape: [rows.n, 1, 1], strides: [rows.m, 1, 1], pads: [rowPads[0], 0, 0, rowPads[1], 0, 0] },
  );
  const v = e.op("Reshape", `${name}/v`, [acrossRows, e.ints([points, -1, channels])], [points, cells, channels]);
  const product = e.op("MatMul", `${name}/product`, [v, u], [points, cells, out]);
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
