import { elementType } from "../graph/element-types.js";
import type { ModelProto, SparseTensorProto, TensorProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import type { CheckContext } from "./context.js";
import { asOpened } from "./external-data.js";
import type { ExternalDataFile } from "./external-folder.js";
import { normalisePath } from "./external-path.js";
import { bytesNeeded, elementCount } from "./tensor.js";
import { walkModel } from "./walk.js";

const EXTERNAL = 1;
const KEYS: ReadonlySet<string> = new Set(["location", "offset", "length", "checksum", "basepath"]);
const MEMORY_ADDRESS = /_ORT_MEM_ADDR_/;

export function checkExternalStrictly(model: ModelProto, context: CheckContext): void {
  walkModel(model, {
    tensor: (tensor, place) => {
      if (tensor.data_location === EXTERNAL) checkTensor(tensor, place, context);
    },
    sparse: (sparse, place) => checkSparse(sparse, place, context),
  });
}

function checkSparse({ values, indices }: SparseTensorProto, place: Place, context: CheckContext): void {
  for (const [name, tensor] of Object.entries({ values, indices })) {
    if (tensor?.data_location === EXTERNAL) {
      context.report("onnx/strict-external-sparse", place.member(name), "is external data");
    }
  }
}

function checkTensor(tensor: TensorProto, place: Place, context: CheckContext): void {
  const keys = new Set<string>();
  for (const { key = "" } of tensor.external_data) {
    if (!KEYS.has(key)) context.report("onnx/strict-external-key", place, `has an entry ${quoted(key)}`);
    if (keys.has(key)) context.report("onnx/strict-external-key-unique", place, `has several entries ${quoted(key)}`);
    keys.add(key);
  }
  const location = entry(tensor, "location") ?? "";
  if (location.includes("\0"))
    context.report("onnx/strict-external-nul", place, `has the location ${quoted(location)}`);
  if (MEMORY_ADDRESS.test(location)) {
    context.report("onnx/strict-external-address", place, `has the location ${quoted(location)}`);
  }
  const range = rangeOf(tensor);
  if (typeof range === "string") context.report("onnx/strict-external-range", place, range);
  else context.later(() => checkFileRange(tensor, range, place, context));
}

function entry(tensor: TensorProto, key: string): string | undefined {
  return tensor.external_data.find((e) => e.key === key)?.value;
}

interface Range {
  readonly offset: number;
  /** Absent: to the end of the file. */
  readonly length: number | undefined;
  /** Bytes that type and dimensions ask for; null where they are refused by other rules. */
  readonly needed: number | null;
}

/** The range, or what is wrong with it. */
function rangeOf(tensor: TensorProto): Range | string {
  const offset = decimal(entry(tensor, "offset") ?? "0");
  const given = entry(tensor, "length");
  const length = given === undefined ? undefined : decimal(given);
  if (offset === null) return `has the offset ${quoted(entry(tensor, "offset") ?? "")}`;
  if (length === null) return `has the length ${quoted(given ?? "")}`;
  const bits = elementType(tensor.data_type)?.bits;
  const elements = elementCount(tensor.dims);
  const needed = bits == null || elements === null ? null : Number(bytesNeeded(bits, elements));
  if (length !== undefined && needed !== null && length !== needed) {
    return `has the length ${length}; its type and dimensions need ${needed} bytes`;
  }
  return { offset, length, needed };
}

function decimal(text: string): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

async function checkFileRange(tensor: TensorProto, range: Range, place: Place, context: CheckContext): Promise<void> {
  const file = await openFile(tensor, context);
  if (file === null) return;
  await file.close();
  const end = range.offset + (range.length ?? range.needed ?? 0);
  if (end > file.size) {
    context.report("onnx/strict-external-range", place, `ends at byte ${end} of a file of ${file.size} bytes`);
  }
}

async function openFile(tensor: TensorProto, context: CheckContext): Promise<ExternalDataFile | null> {
  const path = normalisePath(entry(tensor, "location") ?? "");
  if (context.folder === null || path === "" || path.startsWith("/") || path.includes("..")) return null;
  return context.folder.open(asOpened(path));
}

/** The opened data of an external tensor; null when it is not external, or its file or range is refused. */
export async function openExternal(
  tensor: TensorProto,
  context: CheckContext,
): Promise<{ readonly file: ExternalDataFile; readonly offset: number; readonly length: number } | null> {
  if (tensor.data_location !== EXTERNAL) return null;
  const range = rangeOf(tensor);
  if (typeof range === "string") return null;
  const file = await openFile(tensor, context);
  if (file === null) return null;
  const length = range.length ?? range.needed ?? 0;
  if (range.offset + length <= file.size) return { file, offset: range.offset, length };
  await file.close();
  return null;
}
