import type { Int64, SparseTensorProto, TensorProto } from "../graph/records.js";
import type { Place } from "../place.js";
import { readNumbers } from "../read/stored-values.js";
import type { CheckContext } from "./context.js";
import { checkTensor } from "./tensor.js";

const INT64_TYPE = 7;
const EXTERNAL = 1;

export function checkSparseTensor(sparse: SparseTensorProto, place: Place, context: CheckContext): void {
  const { values, indices, dims } = sparse;
  const { report } = context;
  if (values === undefined) {
    report("onnx/sparse-values", place, "has no values");
    return;
  }
  checkTensor(values, place.member("values"), context);
  if (values.dims.length !== 1) {
    report("onnx/sparse-values-rank", place.member("values"), `has the dimensions [${values.dims.join(", ")}]`);
  }
  if (dims.length === 0) report("onnx/sparse-rank", place, "has no dimensions");
  if (dims.some((dim) => dim <= 0)) report("onnx/sparse-dims", place, `has the dimensions [${dims.join(", ")}]`);
  const count = values.dims[0] ?? 0;
  if (indices !== undefined) checkIndices(indices, dims, count, place.member("indices"), context);
  else if (count !== 0) report("onnx/sparse-indices", place, `has ${count} values, but no indices`);
}

function checkIndices(
  indices: TensorProto,
  dims: readonly Int64[],
  count: Int64,
  place: Place,
  context: CheckContext,
): void {
  const { report } = context;
  checkTensor(indices, place, context);
  if (indices.data_type !== INT64_TYPE) {
    report("onnx/sparse-indices-type", place, `has the data_type ${indices.data_type ?? "UNDEFINED"}`);
    return;
  }
  const shown = `[${indices.dims.join(", ")}]`;
  if (indices.dims.length !== 1 && indices.dims.length !== 2) {
    report("onnx/sparse-indices-rank", place, `has the dimensions ${shown}`);
  } else if (indices.dims[0] !== count || (indices.dims.length === 2 && indices.dims[1] !== dims.length)) {
    report(
      "onnx/sparse-indices-count",
      place,
      `has the dimensions ${shown} for ${count} values of rank ${dims.length}`,
    );
  } else {
    context.later(() => checkIndexValues(indices, dims, place, context));
  }
}

async function checkIndexValues(
  indices: TensorProto,
  dims: readonly Int64[],
  place: Place,
  context: CheckContext,
): Promise<void> {
  const count = indices.dims.reduce((product: bigint, dim) => product * BigInt(dim), 1n);
  const values = await readIndices(indices, count);
  if (values === null) {
    context.report("onnx/sparse-indices-data", place, `its ${count} values cannot be read`);
    return;
  }
  const linear = indices.dims.length === 1;
  const bounds = linear ? [dims.reduce((product: bigint, dim) => product * BigInt(dim), 1n)] : dims.map(BigInt);
  let previous = -1n;
  for (let at = 0; at < values.length; at += bounds.length) {
    const coordinates = values.slice(at, at + bounds.length);
    const where = `index ${at / bounds.length}, [${coordinates.join(", ")}],`;
    if (coordinates.some((c, j) => c < 0n || c >= bounds[j]!)) {
      context.report("onnx/sparse-indices-range", place, `${where} lies outside [${dims.join(", ")}]`);
      return;
    }
    const position = coordinates.reduce((sum, c, j) => sum * bounds[j]! + c, 0n);
    if (position <= previous) {
      context.report("onnx/sparse-indices-sorted", place, `${where} does not come after the one before it`);
      return;
    }
    previous = position;
  }
}

/** The indices, or null where the official checker cannot read them: it takes a longer raw_data, but no longer list. */
async function readIndices(indices: TensorProto, count: bigint): Promise<bigint[] | null> {
  const { raw_data, int64_data, data_location } = indices;
  if (data_location === EXTERNAL) return null;
  if (raw_data !== undefined) {
    if (BigInt(raw_data.length) / 8n < count) return null;
    const bytes = await raw_data.read();
    // A copy, at an address that is a multiple of 8; slice shares the memory of Node's Buffers.
    return Array.from(new BigInt64Array(new Uint8Array(bytes.subarray(0, Number(count) * 8)).buffer));
  }
  if (BigInt(int64_data?.count ?? 0) !== count) return null;
  return int64_data === undefined ? [] : (await readNumbers(int64_data, "int64")).map(BigInt);
}
