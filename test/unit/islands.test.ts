/** Islands of nodes that are read: on random graphs, what the words say by brute force. */
import "../support/seed.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeReading } from "../../src/frontends/onnx/graph-reading.js";
import { canRunWhole } from "../../src/frontends/onnx/island-order.js";
import { findIslands, type Island } from "../../src/frontends/onnx/islands.js";
import { trimIsland } from "../../src/frontends/onnx/trim-island.js";
import { type ValueUses, valueUses } from "../../src/frontends/onnx/value-uses.js";
import * as build from "../../src/onnx/graph/build.js";
import type { GraphProto } from "../../src/onnx/graph/records.js";

const LEFT: NodeReading = { kind: "left", reason: null };
const readOf = (reads: ReadonlySet<string>): NodeReading => ({ kind: "read", nodes: [], constants: new Map(), reads });

/** A graph of nodes by the positions that each reads; the value of node 3 is "3". */
function graphOf(reads: readonly (readonly number[])[]): GraphProto {
  const last = String(reads.length - 1);
  return build.graph({
    node: reads.map((givers, index) =>
      build.node("Op", givers.length > 0 ? givers.map(String) : ["x"], [String(index)]),
    ),
    input: [build.valueInfo("x", "FLOAT")],
    output: [build.valueInfo(last, "FLOAT")],
  });
}

interface Case {
  readonly graph: GraphProto;
  readonly uses: ValueUses;
  readonly readings: readonly NodeReading[];
}

/** Random graphs of nodes that are read or left; each reads some of those before it. */
const cases = fc
  .array(fc.record({ reads: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), isRead: fc.boolean() }), {
    minLength: 2,
    maxLength: 11,
  })
  .map((nodes): Case => {
    const graph = graphOf(nodes.map(({ reads }, index) => (index === 0 ? [] : reads.map((at) => at % index))));
    const uses = valueUses(graph);
    return { graph, uses, readings: nodes.map(({ isRead }, index) => (isRead ? readOf(uses.reads[index]!) : LEFT)) };
  });

const giversOf = ({ reads, givenBy }: ValueUses, index: number): readonly number[] =>
  [...reads[index]!].flatMap((name) => givenBy.get(name) ?? []);

/** Whether some way from a member leads outside and back to a member. */
function returns(island: Island, uses: ValueUses): boolean {
  const members = new Set(island);
  const outsideBehind = new Set<number>();
  for (const index of uses.reads.keys()) {
    const isBehind = giversOf(uses, index).some((giver) => members.has(giver) || outsideBehind.has(giver));
    if (isBehind && !members.has(index)) outsideBehind.add(index);
  }
  return island.some((index) => giversOf(uses, index).some((giver) => outsideBehind.has(giver)));
}

function isConnected(island: Island, uses: ValueUses): boolean {
  const members = new Set(island);
  const reached = new Set([island[0]!]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const index of island)
      for (const giver of giversOf(uses, index))
        if (members.has(giver) && (reached.has(index) || reached.has(giver))) reached.add(index).add(giver);
  }
  return reached.size === island.length;
}

describe("islands", () => {
  it.each([
    ["one chain", [[], [0], [1]], "rrr", [[0, 1, 2]]],
    ["a node between", [[], [0], [1]], "rlr", [[0], [2]]],
    ["a way past a node between", [[], [0], [0, 1]], "rlr", [[0], [2]]],
    ["a node before both ends", [[], [0], [0, 1]], "lrr", [[1, 2]]],
    ["a branch that does not return", [[], [0], [0], [2]], "rlrr", [[0, 2, 3]]],
    ["two that touch only behind", [[], [], [0, 1]], "rrr", [[0, 1, 2]]],
  ] as const)("%s", (_, reads, kinds, islands) => {
    const graph = graphOf(reads);
    const uses = valueUses(graph);
    const readings = [...kinds].map((kind, index) => (kind === "r" ? readOf(uses.reads[index]!) : LEFT));
    expect(findIslands(graph, readings, uses)).toEqual(islands);
  });

  it("hold every node that is read once, are connected, and no way leads out of one and back", () => {
    fc.assert(
      fc.property(cases, ({ graph, uses, readings }) => {
        const islands = findIslands(graph, readings, uses);
        const read = readings.flatMap(({ kind }, index) => (kind === "read" ? [index] : []));
        expect(islands.flat().toSorted((a, b) => a - b)).toEqual(read);
        for (const island of islands) {
          expect(island).toEqual(island.toSorted((a, b) => a - b));
          expect(isConnected(island, uses)).toBe(true);
          expect(returns(island, uses)).toBe(false);
        }
        expect(canRunWhole(islands, uses)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("whether islands can run whole", () => {
  const uses = valueUses(graphOf([[], [0], [1], [0, 2], [1]]));

  it.each([
    ["no islands", [], true],
    ["one chain", [[0, 1, 2]], true],
    ["a node between", [[0, 2]], false],
    [
      "two that read each other",
      [
        [0, 2],
        [1, 3],
      ],
      false,
    ],
    [
      "two in a row",
      [
        [0, 1],
        [2, 3],
      ],
      true,
    ],
    [
      "two that cross, one with a node of its own behind",
      [
        [0, 4],
        [1, 2],
      ],
      false,
    ],
  ] as const)("%s", (_, islands, can) => {
    expect(canRunWhole(islands, uses)).toBe(can);
  });

  it("says so of one island where no way returns to it", () => {
    const some = fc.tuple(cases, fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }));
    fc.assert(
      fc.property(some, ([{ graph, uses }, chosen]) => {
        const island = [...graph.node.keys()].filter((index) => chosen[index]);
        fc.pre(island.length > 0);
        expect(canRunWhole([island], uses)).toBe(!returns(island, uses));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the part of an island that is taken", () => {
  const trim = (
    reads: readonly (readonly number[])[],
    gains: readonly number[],
    joins: readonly number[] = [],
    vanishes: readonly number[] = [],
  ) =>
    trimIsland(
      [...reads.keys()],
      new Set(gains),
      valueUses(graphOf(reads)),
      (index) => joins.includes(index),
      (index) => vanishes.includes(index),
    );

  it.each([
    ["lies between nodes that gain", [[], [0], [1], [2], [3]], [1, 3], [], [1, 2, 3]],
    ["is all ways between them", [[], [0], [0], [1, 2]], [0, 3], [], [0, 1, 2, 3]],
    ["takes in what joins and reads nothing else", [[], [0], [1], [2]], [0], [1, 3], [0, 1]],
    ["leaves what joins and reads other values", [[], [], [0, 1]], [0], [2], [0]],
    ["leaves what joins and reads inputs", [[], []], [0], [1], [0]],
    ["is nothing where nothing gains", [[], [0]], [], [0, 1], []],
  ] as const)("%s", (_, reads, gains, joins, taken) => {
    expect(trim(reads, gains, joins)).toEqual(taken);
  });

  it.each([
    ["takes in what vanishes in front of it", [[], [0], [1]], [2], [0, 1], [0, 1, 2]],
    ["leaves what vanishes and is read by others too", [[], [0], [0]], [1], [0], [1]],
    ["leaves what vanishes and is read by nobody", [[], [0], []], [1], [2], [1]],
    ["leaves what stands before what does not vanish", [[], [0], [1]], [2], [0], [2]],
  ] as const)("%s", (_, reads, gains, vanishes, taken) => {
    expect(trim(reads, gains, [], vanishes)).toEqual(taken);
  });

  it("holds all that gains, and no way leads out of it and back", () => {
    const some = fc.array(fc.constantFrom("gains", "joins", "vanishes", "neither"), { minLength: 11, maxLength: 11 });
    fc.assert(
      fc.property(cases, some, ({ graph, uses, readings }, kinds) => {
        for (const island of findIslands(graph, readings, uses)) {
          const gains = island.filter((index) => kinds[index] === "gains");
          const taken = trimIsland(
            island,
            new Set(gains),
            uses,
            (index) => kinds[index] === "joins",
            (index) => kinds[index] === "vanishes",
          );
          expect(island).toEqual(expect.arrayContaining([...taken]));
          expect(taken).toEqual(expect.arrayContaining(gains));
          expect(returns(taken, uses)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
