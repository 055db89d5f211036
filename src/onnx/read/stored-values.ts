/** Values that records hold encoded or leave in the file. */
import type { Int64, Numbers } from "../graph/records.js";
import { WireReader } from "./wire.js";

/** How the values of a {@link Numbers} field are encoded. */
export type NumberKind = "float" | "double" | "int32" | "int64" | "uint64";

/** All values of a numeric field, in order; memory grows with their count. */
export async function readNumbers(numbers: Numbers, kind: NumberKind): Promise<Int64[]> {
  const values: Int64[] = [];
  for (const { tagged, content } of numbers.parts) appendPart(values, await content.read(), tagged, kind);
  return values;
}

/** The values, if the record holds all of them. */
export function heldNumbers(numbers: Numbers, kind: NumberKind): Int64[] | null {
  const values: Int64[] = [];
  for (const { tagged, content } of numbers.parts) {
    if (content.bytes === null) return null;
    appendPart(values, content.bytes, tagged, kind);
  }
  return values;
}

const READ_NUMBER: Readonly<Record<NumberKind, (wire: WireReader, end: number) => Int64>> = {
  float: (wire, end) => wire.float(end),
  double: (wire, end) => wire.double(end),
  int32: (wire, end) => wire.int32(end),
  int64: (wire, end) => wire.int64(end),
  uint64: (wire, end) => wire.uint64(end),
};

function appendPart(values: Int64[], bytes: Uint8Array, tagged: boolean, kind: NumberKind): void {
  const wire = new WireReader(bytes, 0);
  const read = READ_NUMBER[kind];
  while (wire.pos < bytes.length) {
    if (tagged) wire.tag(bytes.length);
    values.push(read(wire, bytes.length));
  }
}
