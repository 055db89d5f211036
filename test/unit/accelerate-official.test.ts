/** The official models: one node of each operator, and models with all that ONNX has. None gains, and none changes. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { accelerate } from "../../src/accelerate/accelerate.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { raiseOpset } from "../../src/onnx/convert/raise-opset.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { foreignModel, foreignModels } from "./onnx-support/fixtures.js";

const text = readFileSync(new URL("../../fixtures/onnx/inferred.json", import.meta.url), "utf8");
const inferred = JSON.parse(text) as Readonly<Record<string, { readonly model?: string }>>;
const schemas = await loadSchemas();

async function expectUnchanged(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const { message } = await decodeGraph(bytesSource(name, bytes));
  const raised = raiseOpset(message, schemas);
  const model = "model" in raised ? raised.model : message;
  const done = accelerate({ model: model as ModelWithGraph }, { lowering: "winograd-f4x4" }, schemas);
  expect(done.model).toBe(model);
  expect(done.compiled).toEqual([]);
  for (const island of done.report.islands) expect(island).toMatchObject({ became: "kept", reason: /./ });
}

describe("taken in", () => {
  it.each(foreignModels)("%s", async (name) => expectUnchanged(name, foreignModel(name)));

  it("a node of every operator", async () => {
    for (const [name, { model }] of Object.entries(inferred))
      if (model !== undefined) await expectUnchanged(name, Uint8Array.from(Buffer.from(model, "base64")));
  });
});
