import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { SmxcError } from "../../src/base/diagnostics.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { foreignModel, foreignModels } from "../unit/onnx-support/fixtures.js";

const models = foreignModels.map(foreignModel).filter((bytes) => bytes.length < 3000);

/** What decoding comes to: the record, or the codes and places of the error. Anything else is a defect. */
async function outcome(bytes: Uint8Array<ArrayBuffer>, windowBytes: number): Promise<unknown> {
  try {
    const { message, notes, trailing } = await decodeModel(bytesSource("m", bytes), { windowBytes });
    return { message, notes, trailing };
  } catch (e) {
    if (e instanceof SmxcError) return e.diagnostics.map((d) => `${d.code} ${d.place}`);
    throw e;
  }
}

const damaged = fc
  .tuple(
    fc.constantFrom(...models),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 }),
    fc.option(fc.nat(), { nil: null }),
  )
  .map(([model, edits, cut]) => {
    const bytes = model.slice();
    for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
    return cut === null ? bytes : bytes.slice(0, cut % bytes.length);
  });

describe("decodeModel", () => {
  it("meets damaged files with a record or a typed error", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => void (await outcome(bytes, 2 ** 22))),
      { numRuns: 1000 },
    );
  });

  it("reads the same through a window of any size", async () => {
    const sizes = fc.integer({ min: 16, max: 300 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...models), sizes, async (bytes, size) => {
        const whole = (await outcome(bytes, 2 ** 22)) as { readonly message: object };
        const pieces = (await outcome(bytes, size)) as { readonly message: object };
        expect(withoutHeldBytes(pieces)).toEqual(withoutHeldBytes(whole));
      }),
      { numRuns: 200 },
    );
  });
});

/** Large values stay in the file, and what is large depends on the window. */
function withoutHeldBytes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item) => (key === "bytes" ? undefined : item)));
}
