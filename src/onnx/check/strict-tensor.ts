import { type ElementType, elementsPerEntry, elementType } from "../graph/element-types.js";
import type { ModelProto, TensorProto } from "../graph/records.js";
import type { Place } from "../place.js";
import type { CheckContext } from "./context.js";
import { countSpecials, SPECIAL_PATTERNS, valuesOf } from "./special-values.js";
import { bytesNeeded, elementCount } from "./tensor.js";
import { walkModel } from "./walk.js";

const EXTERNAL = 1;

export function checkTensorsStrictly(model: ModelProto, context: CheckContext): void {
  walkModel(model, {
    tensor: (tensor, place) => checkTensor(tensor, place, context),
    sparse: ({ values }, place) => {
      if (values !== undefined) checkTensor(values, place.member("values"), context);
    },
  });
}

function checkTensor(tensor: TensorProto, place: Place, context: CheckContext): void {
  if (tensor.segment !== undefined) context.report("onnx/strict-segment", place, "is a segment of a tensor");
  const type = elementType(tensor.data_type);
  if (type === null) return;
  if (tensor.data_location !== EXTERNAL) checkLength(tensor, type, place, context);
  const pattern = SPECIAL_PATTERNS.get(type.name);
  if (pattern === undefined) return;
  context.later(async () => {
    const found = await countSpecials(valuesOf(tensor, type, context), pattern);
    if (found.count > 0) {
      const message = `${found.count} of its values are not finite, the first at ${found.first}`;
      context.report("onnx/strict-not-finite", place, message);
    }
  });
}

function checkLength(tensor: TensorProto, type: ElementType, place: Place, context: CheckContext): void {
  const { has, asked, what } = dataOf(tensor, type);
  if (isShort(has, asked) || asked.includes(BigInt(has))) return;
  context.report(
    "onnx/strict-data-long",
    place,
    `has ${has} ${what}, but its type and dimensions need ${alternatives(asked)}`,
  );
}

/** Other rules are about too little. */
function isShort(has: number, asked: readonly bigint[]): boolean {
  return asked.every((count) => BigInt(has) < count);
}

export interface StoredData {
  readonly has: number;
  /** What type and dimensions ask for, in each way of storing, the one of onnx.proto first; empty where nothing does. */
  readonly asked: readonly bigint[];
  readonly what: string;
}

/** How much data a tensor has in the model itself. */
export function dataOf(tensor: TensorProto, type: ElementType): StoredData {
  const elements = elementCount(tensor.dims) ?? 0n;
  const { raw_data } = tensor;
  if (raw_data !== undefined && type.bits !== null) {
    const asked = elements === 0n ? [] : [bytesNeeded(type.bits, elements)];
    return { has: raw_data.length, asked, what: "bytes of raw_data" };
  }
  const asked = elements === 0n ? [] : entriesAsked(type, elements);
  return { has: entriesOf(tensor, type), asked, what: type.field };
}

function entriesOf(tensor: TensorProto, { field }: ElementType): number {
  const typed = tensor[field];
  if (typed === undefined) return 0;
  return "count" in typed ? typed.count : typed.length;
}

/** Numbers of entries that hold so many elements, the usual one first. */
function entriesAsked(type: ElementType, elements: bigint): readonly bigint[] {
  if (type.entries >= 1) return [elements * BigInt(type.entries)];
  const packed = elementsPerEntry(type).map((each) => (elements + BigInt(each) - 1n) / BigInt(each));
  return [...new Set(packed)];
}

function alternatives(counts: readonly bigint[]): string {
  return counts.length === 1 ? `${counts[0]}` : `${counts.slice(0, -1).join(", ")} or ${counts.at(-1)}`;
}
