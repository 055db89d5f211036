import { InferenceSession } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import {
  operatorsWithWords,
  runtimeOpens,
  type Vocabulary,
  vocabulariesOf,
  wordsOf,
} from "../../src/onnx/schemas/attribute-words.js";
import { loadSchemas, type Schema } from "../../src/onnx/schemas/registry.js";
import { modelWith, type Surroundings } from "./attribute-words/graphs.js";
import { BIDIRECTIONAL, NOT_ASKED, SURROUNDINGS } from "./attribute-words/surroundings.js";

function domainAndName(operator: string): Pick<Schema, "domain" | "name"> {
  const dot = operator.lastIndexOf(".");
  return { domain: operator.slice(0, Math.max(dot, 0)), name: operator.slice(dot + 1) };
}

const rows = [...operatorsWithWords()].flatMap((operator) =>
  vocabulariesOf(domainAndName(operator)).map((vocabulary) => ({ operator, vocabulary })),
);

async function opens(model: Uint8Array): Promise<boolean> {
  try {
    const session = await InferenceSession.create(model, { logSeverityLevel: 4 });
    await session.release();
    return true;
  } catch {
    return false;
  }
}

/** The words of all versions, and some that are none. */
function asked({ versions }: Vocabulary): readonly string[] {
  const words = new Set(versions.flatMap(([, each]) => each));
  const otherCase = [...words].flatMap((word) => [word.toLowerCase(), word.toUpperCase()]);
  return [...new Set([...words, ...otherCase.slice(0, 2), "bogus", ""])];
}

describe("attributes of a few words", () => {
  it("are attributes of their operators, from the version on that has them", async () => {
    const schemas = await loadSchemas();
    for (const { operator, vocabulary } of rows) {
      const { domain, name } = domainAndName(operator);
      const schema = schemas.find(domain, name, schemas.versions.get(domain)!);
      expect(schema?.attributes.get(vocabulary.attribute)?.type ?? "STRING", operator).toMatch(/^STRINGS?$/);
      const versions = [...schemas.all()].filter((each) => each.domain === domain && each.name === name);
      const has = versions.filter(({ attributes }) => attributes.has(vocabulary.attribute));
      expect(has.length, `${operator} ${vocabulary.attribute}`).toBeGreaterThan(0);
      for (const { sinceVersion } of has) expect(wordsOf(vocabulary, sinceVersion)).not.toEqual([]);
    }
  });

  it("are asked of ONNX Runtime, all but those that it has no kernel for", () => {
    const ids = rows.map(({ operator, vocabulary }) => `${operator} ${vocabulary.attribute}`);
    expect([...Object.keys(SURROUNDINGS), ...NOT_ASKED].sort()).toEqual([...ids].sort());
  });

  const cases = rows.flatMap(({ operator, vocabulary }) => {
    const id = `${operator} ${vocabulary.attribute}`;
    return (SURROUNDINGS[id] ?? []).map((around, i): [string, string, Vocabulary, Surroundings] => [
      `${id} (${i})`,
      operator,
      vocabulary,
      around,
    ]);
  });

  it.each(cases)("%s: ONNX Runtime opens what the table says", async (_, operator, vocabulary, around) => {
    const { attribute } = vocabulary;
    for (const version of around.versions) {
      const expected = new Map<string, boolean>();
      const found = new Map<string, boolean>();
      for (const word of asked(vocabulary).filter((each) => !around.skips?.includes(each))) {
        const graph = (word === "bidirectional" && BIDIRECTIONAL[`${operator} ${attribute}`]) || around;
        found.set(word, await opens(modelWith(operator, version, attribute, word, graph)));
        expected.set(word, runtimeOpens(word, vocabulary, version));
      }
      expect(found, `version ${version}`).toEqual(expected);
    }
  });
});
