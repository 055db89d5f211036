import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { foreignModel, foreignModels } from "../unit/onnx-support/fixtures.js";

const models = foreignModels.map(foreignModel).filter((bytes) => bytes.length < 3000);

/** Bytes changed in place: the message mostly stays readable, and its numbers and names become absurd. */
const damaged = fc
  .tuple(
    fc.constantFrom(...models),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
  )
  .map(([model, edits]) => {
    const bytes = model.slice();
    for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
    return bytes;
  });

describe("checkFile", () => {
  it("meets any damage with findings, the same ones each time", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.boolean(), fc.boolean(), async (bytes, strict, full) => {
        const first = await checkFile(bytesSource("m", bytes), { strict, full });
        expect(await checkFile(bytesSource("m", bytes), { strict, full })).toEqual(first);
        for (const { place, message } of first) expect(`${place}${message}`).not.toMatch(/undefined|NaN|\[object/);
      }),
      { numRuns: 1500 },
    );
  });

  it("finds nothing in the models of the onnx wheel", async () => {
    for (const name of foreignModels) {
      const findings = await checkFile(bytesSource(name, foreignModel(name)), { full: true });
      expect(findings.filter((f) => f.severity !== "unchecked")).toEqual([]);
    }
  });
});
