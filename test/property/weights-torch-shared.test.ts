/**
 * A pickle can hold a value once and recall it for two bytes, so that what it describes is far larger than it is. The
 * work on it is bounded by its bytes all the same (SECURITY.md): measured in steps, which do not depend on the machine.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import { openWeights } from "../../src/files/open.js";
import { findStateDict } from "../../src/files/torch/state-dict.js";
import { FREE_STEPS, STEPS_PER_BYTE } from "../../src/files/torch/steps.js";
import { readZipContainer } from "../../src/files/torch/zip-container.js";
import { prefixFinder } from "../../src/frontends/checkpoints/architecture.js";
import * as b from "../errors/weights-torch-bytes.js";
import { concat, guardedSource, refusal } from "../unit/weights-sources.js";

/** Steps for each byte that looking at shared dicts and lists takes at most, however they hold each other. */
const STEPS_OF_SHARING = 4;

/** A finding shows at most this many letters, however long and nested the values are that it speaks of. */
const MOST_LETTERS = 4000;

const memorise = (index: number): Uint8Array => b.op("r", b.u32(index));
const recall = (index: number): Uint8Array => b.op("j", b.u32(index));

interface Holder {
  readonly kind: "dict" | "list" | "ordered";
  /** What it holds: earlier holders, itself among them, or a tensor. */
  readonly items: readonly { readonly key: string; readonly of: number }[];
}

const KEYS = ["model", "state_dict", "params", "ema", "w", "body.0.weight", "net.routing_fn.weight", "x".repeat(500)];

const holders = fc.array(
  fc.record({
    kind: fc.constantFrom("dict", "dict", "list", "ordered"),
    items: fc.array(fc.record({ key: fc.constantFrom(...KEYS), of: fc.nat({ max: 40 }) }), { maxLength: 12 }),
  }) as fc.Arbitrary<Holder>,
  { minLength: 1, maxLength: 30 },
);

const TENSOR = 100;

/** Every holder is memorised under its index when it is empty, so that it can hold itself; the last is the root. */
function pickled(all: readonly Holder[]): Uint8Array {
  const start = concat(b.PROTO, b.tensor(), memorise(TENSOR), b.op("0"));
  const value = (of: number, index: number): Uint8Array => recall(of > index ? TENSOR : of);
  const parts = all.map(({ kind, items }, index) => {
    if (kind === "list") {
      const values = items.map(({ of }) => value(of, index));
      return concat(b.op("]"), memorise(index), b.MARK, ...values, b.op("e"));
    }
    const pairs = items.map(({ key, of }) => [b.text(key), value(of, index)] as const);
    if (kind === "dict") return concat(b.EMPTY_DICT, memorise(index), b.MARK, ...pairs.flat(), b.SETITEMS);
    const list = concat(b.op("]"), b.MARK, ...pairs.map((pair) => b.tuple(...pair)), b.op("e"));
    // A list cannot hold the dict that is made of it.
    return concat(b.op("]"), memorise(index), b.op("0"), b.call("collections", "OrderedDict", list), memorise(index));
  });
  const gone = parts.slice(0, -1).map((part) => concat(part, b.op("0")));
  return concat(start, ...gone, parts.at(-1)!, b.STOP);
}

interface Effort {
  readonly steps: number;
  readonly bytes: number;
  readonly findings: readonly Diagnostic[];
}

/** Reads a checkpoint and looks for its state dict. */
async function effort(pickle: Uint8Array): Promise<Effort> {
  const container = await readZipContainer(guardedSource(b.checkpoint(pickle)));
  const findings: Diagnostic[] = [];
  const report = (found: Diagnostic): void => void findings.push(found);
  try {
    findStateDict(container, { report, findPrefixes: prefixFinder(undefined) });
    findStateDict(container, { report, key: "net.w" });
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    findings.push(...cause.diagnostics);
  }
  return { steps: container.steps.spent, bytes: pickle.length, findings };
}

function expectBounded({ steps, bytes, findings }: Effort): void {
  expect(findings.filter(({ code }) => code === "pickle/too-many-steps")).toEqual([]);
  expect(steps).toBeLessThanOrEqual(STEPS_OF_SHARING * bytes);
  for (const { message, hint = "" } of findings) expect(message.length + hint.length).toBeLessThan(MOST_LETTERS);
}

describe("values that hold each other", () => {
  it("are each looked at once", async () => {
    await fc.assert(
      fc.asyncProperty(holders, async (all) => expectBounded(await effort(pickled(all)))),
      { numRuns: 200 },
    );
  });

  it.each([
    ["dict", 2 ** 12],
    ["list", 2 ** 12],
  ] as const)("are each looked at once in a nest of %ss that describes 2^%i values", async (kind, depth) => {
    const nest = Array.from({ length: depth }, (_, i): Holder => {
      const items = ["a", "b", "c"].map((key) => ({ key, of: i === 0 ? TENSOR : i - 1 }));
      return { kind, items };
    });
    // Indices above 100 would be the tensor's.
    const parts = nest.map(({ kind: of, items }, i) => {
      const values = items.flatMap(({ key }) => [...(of === "dict" ? [b.text(key)] : []), recall(i === 0 ? 0 : i)]);
      const [empty, fill] = of === "dict" ? [b.EMPTY_DICT, b.SETITEMS] : [b.op("]"), b.op("e")];
      return concat(empty, b.MARK, ...values, fill, memorise(i + 1));
    });
    const before = concat(b.PROTO, b.tensor(), memorise(0), b.op("0"));
    const gone = parts.slice(0, -1).map((part) => concat(part, b.op("0")));
    expectBounded(await effort(concat(before, ...gone, parts.at(-1)!, b.STOP)));
  });

  it("are each looked at once where thousands of entries are one dict of thousands", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => i);
    const inner = many.map((i) => concat(b.text(`m${i}`), recall(0)));
    const outer = many.map((i) => concat(b.text(`k${i}`), recall(1)));
    const pickle = b.pickle(
      b.dict(
        concat(b.text("t"), b.dict(b.text("w"), b.tensor()), memorise(0)),
        concat(b.text("d"), b.dict(...inner), memorise(1)),
        ...outer,
      ),
    );
    expectBounded(await effort(pickle));
    const [found] = await refusal(() => openWeights(guardedSource(b.checkpoint(pickle))));
    expect(found).toMatchObject({ code: "torch/no-state-dict", hint: expect.stringContaining('"t"') });
  });
});

describe("long values that are recalled as the arguments of many calls", () => {
  const long = (count: number, item: Uint8Array): Uint8Array =>
    concat(b.op("]"), b.MARK, ...Array<Uint8Array>(count).fill(item), b.op("e"), memorise(1), b.op("0"));

  it.each([
    ["pairs of a dict", 2000, long(2000, b.tuple(b.int(1), b.int(2))), b.call("collections", "OrderedDict", recall(1))],
    [
      "sizes of tensors",
      2000,
      long(10_000, b.int(1)),
      b.call("torch._utils", "_rebuild_tensor_v2", recall(0), b.int(0), recall(1), recall(1), b.NEWFALSE, b.op("N")),
    ],
    ["sizes", 2000, long(10_000, b.int(1)), b.call("torch", "Size", recall(1))],
  ])("are refused once they take more steps than the bytes allow: %s", async (_, calls, list, call) => {
    const storage = concat(b.storage({}), memorise(0), b.op("0"));
    const values = Array<Uint8Array>(calls).fill(call);
    const pickle = b.pickle(storage, list, b.dict(b.text("x"), b.tuple(...values)));
    const [found] = await refusal(() => openWeights(guardedSource(b.checkpoint(pickle))));
    expect(found).toMatchObject({ code: "pickle/too-many-steps", hint: expect.any(String) });
    const [, limit = ""] = /more than (\d+) steps/.exec(found?.message ?? "") ?? [];
    expect(Number(limit)).toBeLessThanOrEqual(STEPS_PER_BYTE * pickle.length + FREE_STEPS);
  });
});

describe("tensors that share a storage", () => {
  it.each([
    [
      "names of one tensor",
      (i: number) => (i === 0 ? concat(b.tensor({ numel: 2 ** 18, size: [2 ** 18] }), memorise(0)) : recall(0)),
    ],
    ["views that repeat an element", () => b.tensor({ numel: 2 ** 18, size: [2 ** 20], stride: [0] })],
    ["views that skip nearly all", () => b.tensor({ numel: 2 ** 18, size: [2], stride: [2 ** 18 - 1] })],
  ])("are refused where they unfold to far more than the file: %s", async (_, value) => {
    const entries = Array.from({ length: 200 }, (_, i) => concat(b.text(`w${i}`), value(i)));
    const data = new Uint8Array(4 * 2 ** 18);
    const bytes = b.checkpoint(b.pickle(b.dict(...entries)), [{ name: "a/data/0", data }]);
    const [found] = await refusal(() => openWeights(guardedSource(bytes)));
    expect(found).toMatchObject({
      code: "torch/expanded",
      message: expect.stringContaining("if each were stored by itself"),
    });
  });

  it("may be tied some dozens of times", async () => {
    const entries = Array.from({ length: 48 }, (_, i) => concat(b.text(`w${i}`), b.tensor()));
    const { tensors } = await openWeights(guardedSource(b.checkpoint(b.pickle(b.dict(...entries)))));
    expect(tensors.size).toBe(48);
  });
});

describe("findings", () => {
  it("are a hundred at most, the last of which counts the rest", async () => {
    const entries = Array.from({ length: 1234 }, (_, i) => concat(b.text(`n${i}`), b.int(1)));
    const bytes = b.checkpoint(b.pickle(b.dict(b.text("w"), b.tensor(), ...entries)));
    const found = await refusal(() => openWeights(guardedSource(bytes)));
    expect(found).toHaveLength(100);
    expect(found.at(-1)).toMatchObject({ code: "weights/more-findings", message: expect.stringContaining("1,135") });
  });
});
