/**
 * `smxc diff` never calls two models equal of which one field differs, unless the field is said not to be compared; and
 * calls models equal that are the same to every runtime.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { type DiffSide, diffModels } from "../../src/onnx/diff/diff.js";
import { NOT_COMPARED } from "../../src/onnx/diff/not-compared.js";
import { MESSAGES, type MessageName } from "../../src/onnx/graph/messages.js";
import { type Plain, writeRecord } from "../unit/onnx-support/write-record.js";
import { FULL_MODEL } from "./onnx-diff/full-model.js";
import { type Mutation, mutationsOf } from "./onnx-diff/mutations.js";
import { sameModel } from "./onnx-diff/same-models.js";

async function side(model: Plain): Promise<DiffSide> {
  return {
    model: await decodeModel(bytesSource("m.onnx", Uint8Array.from(writeRecord("ModelProto", model)))),
    readExternal: () => Promise.reject(new Error("there is no external data")),
  };
}

const notCompared: ReadonlySet<string> = new Set(
  Object.entries(NOT_COMPARED).flatMap(([message, fields]) => fields.map((field) => `${message}.${field}`)),
);

/** Mutations that change nothing to any runtime, or that docs/reference/inspect.md says are not compared. */
const SAME: readonly (readonly [mutation: RegExp, reason: string])[] = [
  [/(doc_string|metadata_props)[.[:]/, "a part of what is not compared"],
  [
    /^graph.*(attribute\[\d+\]\.(t|tensors|sparse)|indices).*TensorProto.name/,
    "the name of a tensor that has none to be read by",
  ],
  [/TensorProto.external_data/, "a place that says nothing while data_location says that the values are here"],
  [/(opset_import|metadata_props|attribute|initializer): turned round/, "a list without an order"],
  [/(\bg|graphs\[\d\])\.(input|output)\[\d\].type: removed/, "a type that only one of the two declares"],
  [/value_info(\[\d\].(name|type))?:/, "a type that only one of the two declares"],
];

function isSame({ field, what }: Mutation): boolean {
  // Those of a model are compared.
  if (/^metadata_props\[/.test(what)) return false;
  return notCompared.has(field) || SAME.some(([pattern]) => pattern.test(`${what} ${field}`) || pattern.test(what));
}

const STEPS = 4;

function wayOf({ what }: Mutation): string {
  const [path = "", ...change] = what.split(": ");
  return [
    ...path
      .replace(/\[\d+\]/g, "")
      .split(".")
      .slice(-STEPS),
    ...change,
  ].join(" ");
}

const mutations = [...mutationsOf("ModelProto", FULL_MODEL)];

describe("diff of a model of which one field was changed", () => {
  it("changes every field of every message that a model can hold", () => {
    const reachable = new Set<MessageName>();
    const visit = (name: MessageName): void => {
      if (reachable.has(name)) return;
      reachable.add(name);
      for (const { type } of MESSAGES[name]) if (type in MESSAGES) visit(type as MessageName);
    };
    visit("ModelProto");
    const fields = [...reachable].flatMap((name) => MESSAGES[name].map((field) => `${name}.${field.name}`));
    const changed = new Set(mutations.map(({ field }) => field));
    expect(fields.filter((field) => !changed.has(field))).toEqual([]);
  });

  /** One of those that are at the same few last steps of their ways; random ones of all are below. */
  const distinct = [...new Map(mutations.map((each) => [wayOf(each), each])).values()];

  it("says different", { timeout: 120_000 }, async () => {
    const whole = await side(FULL_MODEL);
    const bytes = writeRecord("ModelProto", FULL_MODEL).join();
    const missed: string[] = [];
    for (const mutation of distinct) {
      if (isSame(mutation) || writeRecord("ModelProto", mutation.model).join() === bytes) continue;
      const { changes } = await diffModels(whole, await side(mutation.model), 0);
      if (changes.length === 0) missed.push(`${mutation.field} at ${mutation.what}`);
    }
    expect(missed).toEqual([]);
  });
});

/** Names by which programs feed and read the model. */
const INTERFACE: ReadonlySet<string> = new Set(["x", "list", "table", "maybe", "thing", "thin", "bias", "y", "z", ""]);

describe("diff of a model in other names and another order", () => {
  const shuffled =
    (random: () => number) =>
    <T>(list: readonly T[]): readonly T[] => {
      const items = [...list];
      for (let i = items.length; i > 1; i--) {
        const j = random() % i;
        [items[i - 1], items[j]] = [items[j]!, items[i - 1]!];
      }
      return items;
    };
  const told = mutations.filter((mutation) => !isSame(mutation));

  it("says equal; and different as soon as one field is another", { timeout: 120_000 }, async () => {
    const bytes = writeRecord("ModelProto", FULL_MODEL).join();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 8 }),
        fc.nat({ max: told.length - 1 }),
        async (prefix, random, index) => {
          let at = 0;
          const rename = (name: string): string => (INTERFACE.has(name) ? name : `${prefix}${name}${prefix}`);
          const disguise = await side(
            sameModel(
              FULL_MODEL,
              rename,
              shuffled(() => random[at++ % random.length]!),
            ),
          );
          expect((await diffModels(await side(FULL_MODEL), disguise, 0)).changes).toEqual([]);
          const { field, what, model } = told[index]!;
          if (writeRecord("ModelProto", model).join() === bytes) return;
          const { changes } = await diffModels(await side(model), disguise, 0);
          expect(changes.length, `${field} at ${what}`).toBeGreaterThan(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
