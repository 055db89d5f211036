import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../src/onnx/decode.js";
import type { InferenceListener } from "../../src/onnx/infer/graph-inference.js";
import { inferModel } from "../../src/onnx/infer/infer-model.js";
import { showType } from "../../src/onnx/infer/type-info.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { foreignSource } from "../unit/onnx-support/fixtures.js";

interface Expected {
  /** Base64; absent for the models in fixtures/onnx/models. */
  readonly model?: string;
  /** What onnx 1.23.1 infers. */
  readonly types: Readonly<Record<string, string>>;
}

const text = readFileSync(new URL("../../fixtures/onnx/inferred.json", import.meta.url), "utf8");
const expected = Object.entries(JSON.parse(text) as Readonly<Record<string, Expected>>);
const schemas = await loadSchemas();

describe("inferModel infers what onnx infers", () => {
  it.each(expected)("%s", async (name, { model, types }) => {
    const bytes = model === undefined ? null : Uint8Array.from(Buffer.from(model, "base64"));
    const decoded = await decodeModel(bytes === null ? foreignSource(name) : bytesSource(name, bytes));
    const notInferred: string[] = [];
    const listener: InferenceListener = {
      contradiction: (_, place, message) => expect.fail(`${place}: ${message}`),
      notInferred: (schema) => void notInferred.push(schema.name),
    };
    const inferred = inferModel(decoded.message, schemas, { listener, propagates: false });
    if (notInferred.length > 0) return;
    const shown = Object.fromEntries(
      Object.keys(types).map((value) => [value, showType(inferred.get(value) ?? { kind: "unset" })]),
    );
    expect(shown).toEqual(types);
  });

  it("leaves few operators out", async () => {
    const left = new Set<string>();
    for (const [name, { model }] of expected) {
      const bytes = model === undefined ? null : Uint8Array.from(Buffer.from(model, "base64"));
      const decoded = await decodeModel(bytes === null ? foreignSource(name) : bytesSource(name, bytes));
      inferModel(decoded.message, schemas, {
        listener: {
          notInferred: (schema) => void left.add(`${schema.domain}:${schema.name}`),
        },
      });
    }
    expect(left.size).toBeLessThan(30);
    for (const operator of ["Conv", "Resize", "Slice", "If", "Loop", "Scan"])
      expect(left).not.toContain(`:${operator}`);
  });
});
