/** What `compile --json` says, in the form of its schema. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

const SCHEMA = JSON.parse(readFileSync(new URL("../../schemas/compile.v1.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(SCHEMA);

export function compileAnswer(stdout: string) {
  const answer = JSON.parse(stdout);
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}
