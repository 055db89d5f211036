// Writes schemas/model.v1.schema.json from the types of src/spec. Run after a build; a test holds the two equal.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { documentJsonSchema } from "../dist/src/frontends/document/document.js";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const schema = at("schemas/model.v1.schema.json");

writeFileSync(schema, `${JSON.stringify(documentJsonSchema(), null, 2)}\n`);
execFileSync(process.execPath, [at("node_modules/@biomejs/biome/bin/biome"), "format", "--write", schema], {
  stdio: "inherit",
});
