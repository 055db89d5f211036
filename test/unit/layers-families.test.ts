/** The JSON of docs/families is what import makes of the reference cases that it names, and takes the configurations shown. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { referenceGraph } from "../../src/compile.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { IMPORTERS } from "../../src/frontends/checkpoints/index.js";
import type { ModelSpec } from "../../src/frontends/document/document.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { importOracle, importStore, NETWORK_CASES, ORACLE_CASES, openOracle, readOracle } from "../support/fixtures.js";
import { relativeError } from "../support/sessions.js";

const folder = new URL("../../docs/families/", import.meta.url);
const pages = readdirSync(folder).filter((name) => name !== "README.md");
const text = (page: string): string => readFileSync(new URL(page, folder), "utf8");

/** A block of JSON, ```json <case> [layers|config]: a whole document, its layers only, or a configuration. */
interface Block {
  readonly page: string;
  readonly name: string;
  readonly kind: "document" | "layers" | "config";
  readonly json: string;
}

const BLOCKS = pages.flatMap((page): readonly Block[] =>
  [...text(page).matchAll(/^```json *(\S*) *(\S*)\n([\s\S]*?)^```$/gm)].map(([, name, kind, json]) => ({
    page,
    name: name!,
    kind: (kind || "document") as Block["kind"],
    json: json!,
  })),
);

const caseOf = (name: string) => [...ORACLE_CASES, ...NETWORK_CASES].find((each) => each.name === name)!;

/** What PyTorch computed, float32. */
const TOLERANCE = 1e-6;

/** A document without what says where it came from. */
const withoutOrigin = ({ source: _source, $schema: _schema, weights: _weights, ...rest }: ModelSpec) => rest;

async function expectOracle(name: string, spec: ModelSpec): Promise<void> {
  const [{ weights }, io] = await Promise.all([importOracle(caseOf(name)), readOracle(caseOf(name))]);
  const graph = referenceGraph(spec, weights);
  const values = await evaluate(graph, new Map(graph.inputs.map((input) => [input.name, io.get(input.name)!])));
  expect(relativeError(values.get(graph.outputs[0]!.value)!, io.get("y")!)).toBeLessThanOrEqual(TOLERANCE);
}

describe("docs/families", () => {
  it("has a page for every importer, and lists it", () => {
    expect(new Set(pages)).toEqual(new Set(IMPORTERS.map(({ name }) => `${name}.md`)));
    for (const page of pages) expect(text("README.md")).toContain(`(${page})`);
  });

  it.each(pages)("%s has all its sections", (page) => {
    const sections = [...text(page).matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(sections).toEqual([
      "Formula",
      "Source",
      "Document",
      "Names in checkpoints",
      "What must be given",
      "What is exact",
    ]);
    expect(BLOCKS.filter((block) => block.page === page && block.kind === "document").length).toBeGreaterThan(0);
  });

  it.each(IMPORTERS.filter(({ name }) => name !== "nsr"))("$name.md names what must be given", ({ name, keys }) => {
    const needed = Object.entries(keys).filter(([, meaning]) => meaning.includes("needed"));
    for (const [key] of needed) expect(text(`${name}.md`), key).toContain(`\`${key}\``);
  });

  it.each(BLOCKS.filter(({ kind }) => kind === "document"))(
    "$page: $name is what import makes, and computes it",
    async ({ name, json }) => {
      const { spec } = parseDocument(json, `${name}.json`);
      expect(withoutOrigin(spec)).toEqual(withoutOrigin((await importOracle(caseOf(name))).spec));
      await expectOracle(name, spec);
    },
  );

  it.each(BLOCKS.filter(({ kind }) => kind === "layers"))(
    "$page: the layers of $name are what import makes",
    async ({ name, json }) => {
      const { spec: expected } = await importOracle(caseOf(name));
      const { spec } = parseDocument(JSON.stringify({ ...expected, layers: JSON.parse(json) }), `${name}.json`);
      expect(spec.layers).toEqual(expected.layers);
      await expectOracle(name, spec);
    },
  );

  it.each(BLOCKS.filter(({ kind }) => kind === "config"))(
    "$page: what is given is enough for $name",
    async ({ name, json }) => {
      const config = new Map(Object.entries(JSON.parse(json) as Record<string, ConfigValue>));
      const { spec } = await importStore(await openOracle(caseOf(name)), { arch: caseOf(name).family, config });
      await expectOracle(name, spec);
    },
  );
});
