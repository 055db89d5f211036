/** The verifier names what made a broken graph, the node, and the layer that it comes from. */
import { describe, expect, it } from "vitest";
import { symbol } from "../../src/ir/dim.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { BrokenGraphError, verifyGraph } from "../../src/ir/verify.js";
import { runPasses } from "../../src/passes/run.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";

const constant = (...shape: number[]): LazyTensor => ({ shape, read: async () => new Float32Array(0) });
const node = (name: string, inputs: readonly string[], parts: Partial<Node> = {}): Node =>
  ({
    op: "add",
    name,
    inputs,
    attributes: {},
    origin: { layer: `layer of ${name}`, pointer: "/layers/7" },
    ...parts,
  }) as Node;

const SOUND: Graph = {
  name: "sound",
  inputs: [{ name: "x", shape: [symbol("N"), 3, symbol("H"), symbol("W")] }],
  constants: new Map([["c", constant(1, 3, 1, 1)]]),
  nodes: [node("a", ["x", "c"]), node("b", ["a", "x"])],
  outputs: [{ name: "y", value: "b" }],
  betas: [],
};

it("lets a sound graph pass", () => {
  expect(() => verifyGraph(SOUND, "a test")).not.toThrow();
});

interface Broken {
  readonly what: string;
  readonly graph: Partial<Graph>;
  readonly message: RegExp;
}

const WHERE = String.raw`node "b" \(add, from layer "layer of b" at /layers/7\)`;

const BROKEN: readonly Broken[] = [
  {
    what: "a node reads what is defined later",
    graph: { nodes: [node("b", ["a", "x"]), node("a", ["x", "c"])] },
    message: new RegExp(`${WHERE} reads "a", which is not defined before it`),
  },
  {
    what: "a node reads what nothing defines",
    graph: { nodes: [node("b", ["x", "ghost"])] },
    message: new RegExp(`${WHERE} reads "ghost"`),
  },
  {
    what: "two nodes have one name",
    graph: { nodes: [node("b", ["x", "c"]), node("b", ["x", "c"])] },
    message: new RegExp(`${WHERE} is defined twice`),
  },
  {
    what: "a node has the name of an input",
    graph: { nodes: [node("x", ["x", "c"])], outputs: [{ name: "y", value: "x" }] },
    message: /node "x" .* is defined twice/,
  },
  {
    what: "a constant has the name of an input",
    graph: { constants: new Map([["x", constant(1)]]), nodes: [], outputs: [{ name: "y", value: "x" }] },
    message: /the constant "x" is defined twice/,
  },
  {
    what: "a node breaks its operator's rule",
    graph: { constants: new Map([["c", constant(1, 2, 1, 1)]]), nodes: [node("b", ["x", "c"])] },
    message: new RegExp(`${WHERE}: .*differ \\(inputs \\[N,3,H,W\\], \\[1,2,1,1\\]\\)`),
  },
  {
    what: "an output shows nothing",
    graph: { outputs: [{ name: "y", value: "ghost" }] },
    message: /the output "y" shows "ghost", which is not defined/,
  },
  {
    what: "two outputs have one name",
    graph: {
      outputs: [
        { name: "y", value: "a" },
        { name: "y", value: "b" },
      ],
    },
    message: /the output "y" is defined twice/,
  },
];

it.each(BROKEN)("is refused when $what", ({ graph, message }) => {
  const verify = () => verifyGraph({ ...SOUND, ...graph }, "the pass break-things");
  expect(verify).toThrow(BrokenGraphError);
  expect(verify).toThrow(message);
  expect(verify).toThrow(/^after the pass break-things: /);
});

describe("running passes", () => {
  it("verifies what a pass made and names the pass", () => {
    const pass = {
      name: "lose-a-node",
      why: "",
      run: (graph: Graph) => ({ ...graph, nodes: graph.nodes.slice(1) }),
    };
    expect(() => runPasses(SOUND, [pass])).toThrow(/^after the pass lose-a-node: .*reads "a"/);
  });

  it("keeps the same graph when no pass changes anything", () => {
    const idle = { name: "look-only", why: "", run: (graph: Graph) => graph };
    expect(runPasses(SOUND, [idle, idle])).toBe(SOUND);
  });
});
