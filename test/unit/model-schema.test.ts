/** The published JSON Schema and the types of the document say the same. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { documentJsonSchema, MODEL_SCHEMA_URL } from "../../src/frontends/document/document.js";
import { LAYERS } from "../../src/frontends/document/layers/index.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import { importOracle, ORACLE_CASES } from "../support/fixtures.js";

const published: object = JSON.parse(
  readFileSync(new URL("../../schemas/model.v1.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv2020({ allErrors: true }).compile(published);

const withLayers = (...layers: readonly object[]) => ({
  $schema: MODEL_SCHEMA_URL,
  version: 1,
  name: "test",
  weights: { file: "test.weights.safetensors" },
  inputs: [{ name: "x", shape: ["N", 3, "H", "W"] }],
  layers,
  outputs: ["x"],
});

function expectValid(document: object): void {
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
}

it("is what the types give (scripts/generate-model-schema.mjs writes it anew)", () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(documentJsonSchema())));
});

describe.each(Object.entries(LAYERS))("the layer %s", (kind, { example, schema }) => {
  it("has an example that the schema and the parser take", () => {
    expect(example).toMatchObject({ op: kind });
    expectValid(withLayers(example));
    expect(schema.safeParse(example)).toMatchObject({ success: true });
  });

  it("allows no field that it does not know, in either", () => {
    const layer = { ...example, colour: 1 };
    expect(validate(withLayers(layer))).toBe(false);
    expect(() => parseDocument(JSON.stringify(withLayers(layer)), "model.json")).toThrow(
      /"colour" is not a field here/,
    );
  });

  it("tells people what it is", () => {
    expect(schema.description).toMatch(/\S{3}/);
  });
});

it.each(ORACLE_CASES)("takes what import makes of $name", async (oracle) => {
  const { imported } = await importOracle(oracle);
  expectValid(JSON.parse(JSON.stringify(imported.document)));
});

it("refuses what is no document", () => {
  expect(validate({ version: 1 })).toBe(false);
  expect(validate(withLayers({ name: "y", op: "rleu", in: "x" }))).toBe(false);
  expect(validate({ ...withLayers(), version: 2 })).toBe(false);
});
