/** Random records of every message: what is written is read again as it was. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { decodeMessage } from "../../src/onnx/decode.js";
import { MESSAGES, type MessageName } from "../../src/onnx/graph/messages.js";
import { ropeStream } from "../../src/onnx/write/rope.js";
import { messageRope } from "../../src/onnx/write/write-message.js";
import { contentOf } from "../unit/onnx-support/content.js";
import { field, int } from "../unit/onnx-support/wire-writer.js";
import { type Plain, writeRecord } from "../unit/onnx-support/write-record.js";

const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 6 });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const float = fc.float({ noDefaultInfinity: false });

const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  int32,
  int64,
  float,
  // Bytes as a name: most are not UTF-8.
  string: fc.oneof(fc.string({ unit: "binary", maxLength: 6 }), bytes),
  // Beyond what a record holds, too.
  blob: fc.oneof({ weight: 9, arbitrary: bytes }, fc.constant(new Array<number>(5000).fill(7))),
  "attribute-type": fc.nat(14),
  "data-location": fc.nat(1),
  "int32-numbers": fc.array(int32, { maxLength: 4 }),
  "int64-numbers": fc.array(int64, { maxLength: 4 }),
  "float-numbers": fc.array(float, { maxLength: 4 }),
  "double-numbers": fc.array(fc.double(), { maxLength: 4 }),
};

const unknown = fc
  .array(
    fc.oneof(
      int64.map((value) => int(200, value)),
      bytes.map((value) => field(201, value)),
    ),
    { maxLength: 2 },
  )
  .map((fields) => fields.flat());

/** A record with a few of its fields; deep ones have none. */
function recordOf(name: MessageName, depth: number): fc.Arbitrary<Plain> {
  const fields = MESSAGES[name].map(({ name: key, type, repeated }): [string, fc.Arbitrary<unknown>] => {
    const item = SCALARS[type] ?? (depth > 0 ? recordOf(type as MessageName, depth - 1) : fc.constant({}));
    const value: fc.Arbitrary<unknown> = repeated ? fc.array(item, { maxLength: 3 }) : item;
    return [key, fc.option(value, { nil: undefined, freq: 1 })];
  });
  return fc.record({ ...Object.fromEntries(fields), unknown });
}

const NAMES = Object.keys(MESSAGES) as MessageName[];

it.each(NAMES)("%s", async (name) => {
  await fc.assert(
    fc.asyncProperty(recordOf(name, 1), fc.constantFrom(64, 2 ** 22), async (plain, windowBytes) => {
      const source = bytesSource("first", Uint8Array.from(writeRecord(name, plain)));
      const { message } = await decodeMessage(source, name, { windowBytes });
      const written = await collect(ropeStream(messageRope(name, message)));
      const again = await decodeMessage(bytesSource("again", written), name);
      expect(await contentOf(name, again.message)).toEqual(await contentOf(name, message));
      // Written once, it stays the same.
      expect(await collect(ropeStream(messageRope(name, again.message)))).toEqual(written);
    }),
    { numRuns: 20 },
  );
});
