/**
 * What CONTRIBUTING.md says of additions, tried: a dummy of every kind is its files and its rows, and where a row is left out that
 * a table must have, the compiler names the table.
 */
import { describe, expect, it } from "vitest";
import * as add from "./tables/additions.js";
import { exampleFiles } from "./tables/by-example.js";
import { KNOWING, projectFile, typeErrors } from "./tables/type-errors.js";

/** What stands alone, and what the compiler asks for. */
const ALONE = [
  add.operator,
  add.traitOfOperator,
  add.pass,
  add.checkOfRule,
  add.importer,
  add.layer,
  add.activation,
  add.lowering,
  add.command,
];
const ASKED_FOR = [
  add.emitter,
  add.exampleOfOperator,
  add.trait,
  add.checkRule,
  add.testsOfLayer,
  add.rowsOfActivation,
];

const LONG = { timeout: 240_000 };

describe("additions", LONG, () => {
  it("of every kind are their files and rows, and so are those that docs/contributing/by-example.md shows", () => {
    const examples = exampleFiles();
    expect(examples.size).toBeGreaterThan(15);
    expect(typeErrors(add.withAdditions([...ALONE, ...ASKED_FOR, add.caseOfRule], examples))).toEqual({});
  });

  it("of which a row is left out are found by the compiler in the table that lacks it, and change nothing else", () => {
    const errors = typeErrors(add.withAdditions(ALONE), KNOWING);
    const missing = expect.stringMatching(/^Property 'dummy' is missing/);
    expect(errors).toEqual({
      "src/ir/ops/activations.ts": [missing],
      "src/ir/ops/prelu.ts": [expect.stringContaining("'dummies' does not exist")],
      "src/lowerings/activations.ts": [missing],
      "src/lowerings/operators/index.ts": [missing],
      "src/onnx/check/attribute.ts": [expect.stringContaining('"onnx/attribute-dummy"')],
      "test/property/all-layers/generators.ts": [missing],
      "test/unit/layers.test.ts": [missing],
      "test/unit/ops/examples.ts": [missing],
    });
  });
});

it("a rule of check without a model that breaks it is found too", LONG, () => {
  const errors = typeErrors(add.withAdditions([add.checkRule]), ["test/errors/onnx-rules.test.ts"]);
  expect(errors).toEqual({
    "test/errors/onnx-rules.test.ts": [expect.stringMatching(/^Property '"onnx\/attribute-dummy"' is missing/)],
  });
});

it("every file and table that CONTRIBUTING.md names for an addition exists", () => {
  const rows = projectFile("CONTRIBUTING.md")
    .split("## Other additions")[1]!
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| what"));
  expect(rows.length).toBeGreaterThan(8);
  for (const row of rows) {
    const [, what, , place] = row.split("|").map((cell) => cell.trim());
    for (const [, table, path] of place!.matchAll(/`([A-Z_]+)`[^|]*? in `([\w/-]+\.tsx?)`/g)) {
      expect([what, projectFile(path!).includes(`const ${table}`)]).toEqual([what, true]);
    }
  }
});
