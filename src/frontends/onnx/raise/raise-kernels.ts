/** Raises the computed kernels of a graph, before it is read. */
import type { Shape } from "../../../ir/dim.js";
import type { DenseTensor } from "../../../ir/ops/dense-tensor.js";
import { isOnnxDomain } from "../../../onnx/domains.js";
import type { ModelWithGraph, NodeProto } from "../../../onnx/graph/records.js";
import { inferModel } from "../../../onnx/infer/infer-model.js";
import { isTensor, type TypeInfo } from "../../../onnx/infer/type-info.js";
import type { SchemaRegistry } from "../../../onnx/schemas/registry.js";
import { elementCount } from "../../../tensors/tensor.js";
import { NotRead, type SourceNode } from "../reading.js";
import { callsOf, type SourceConstants } from "../source-constants.js";
import { fixedShape, sourceNodes } from "../source-nodes.js";
import type { GraphFacts } from "./execute.js";
import { checkRaised, gatedValues, type SourceRunner } from "./gate.js";
import { type RaisedKernel, raiseKernel } from "./raise-kernel.js";

/** A kernel, or why it stays computed as it is. */
export type RaisedOrNot = RaisedKernel | { readonly reason: string };

/** By the position of the convolution in the graph: of every one whose kernel depends on the input. */
export type RaisedKernels = ReadonlyMap<number, RaisedOrNot>;

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose"]);

/** Seeds of the inputs that a kernel is compared on. */
const SEEDS = [1, 2];
/** Elements that one run gives at a time, unless one kernel has more. */
const MOST_ELEMENTS = 2 ** 24;

/** @param runner without one nothing is raised */
export async function raiseKernels(
  model: ModelWithGraph,
  constants: SourceConstants,
  schemas: SchemaRegistry,
  runner: SourceRunner | undefined,
): Promise<RaisedKernels> {
  const isCall = callsOf(model);
  const isKnown = (node: NodeProto): boolean => isOnnxDomain(node.domain) && !isCall(node);
  const isComputed = (node: NodeProto): boolean =>
    CONVOLUTIONS.has(node.op_type ?? "") && !constants.has(node.input[1] ?? "") && isKnown(node);
  if (!model.graph.node.some(isComputed)) return new Map();
  const { facts, sources } = surveyed(model, constants, schemas, isKnown);
  const found = new Map<number, RaisedOrNot>();
  const open: Candidate[] = [];
  for (const [index, conv] of sources) {
    if (!isComputed(conv.node)) continue;
    try {
      if (runner === undefined)
        throw new NotRead("its kernel depends on the input, and there is no ONNX Runtime to compare with");
      open.push({ index, conv, raised: raiseKernel(conv, facts) });
    } catch (cause) {
      found.set(index, notRaised(cause));
    }
  }
  if (runner !== undefined)
    for (const group of grouped(open))
      for (const [index, raised] of await compared(group, runner)) found.set(index, raised);
  return found;
}

interface Candidate {
  readonly index: number;
  readonly conv: SourceNode;
  readonly raised: RaisedKernel;
}

function notRaised(cause: unknown): { readonly reason: string } {
  if (cause instanceof NotRead) return { reason: cause.message };
  throw cause;
}

/** Candidates whose kernels are computed in one run. */
function grouped(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const groups: Candidate[][] = [];
  let room = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const { out, perGroup, kernel } = candidate.raised;
    const size = elementCount([out, perGroup, ...kernel]);
    if (size > room) {
      groups.push([]);
      room = MOST_ELEMENTS;
    }
    groups.at(-1)!.push(candidate);
    room -= size;
  }
  return groups;
}

async function compared(
  candidates: readonly Candidate[],
  runner: SourceRunner,
): Promise<readonly (readonly [number, RaisedOrNot])[]> {
  const names = [...new Set(candidates.flatMap(({ conv, raised }) => gatedValues(conv, raised)))];
  const runs: (ReadonlyMap<string, DenseTensor> | null)[] = [];
  for (const seed of SEEDS) runs.push(await runner.values(names, seed));
  const results: (readonly [number, RaisedOrNot])[] = [];
  for (const { index, conv, raised } of candidates) {
    try {
      for (const values of runs) {
        if (values === null) throw new NotRead("the graph cannot run, so its kernel cannot be compared");
        await checkRaised(conv, raised, values, runner.agrees);
      }
      results.push([index, raised]);
    } catch (cause) {
      results.push([index, notRaised(cause)]);
    }
  }
  return results;
}

interface Survey {
  readonly facts: GraphFacts;
  /** By position: those of operators that the front end may know. */
  readonly sources: ReadonlyMap<number, SourceNode>;
}

/** What is known of the graph's values. */
function surveyed(
  model: ModelWithGraph,
  constants: SourceConstants,
  schemas: SchemaRegistry,
  isKnown: (node: NodeProto) => boolean,
): Survey {
  const { graph } = model;
  const nodes = sourceNodes(model, graph, constants, new Map());
  const givers = new Map<string, SourceNode>();
  const types = new Map<string, TypeInfo | null>();
  const sources = new Map<number, SourceNode>();
  const positions = new Map(graph.node.map((node, index) => [node, index]));
  inferModel(model, schemas, {
    listener: {
      visited: (node, _, __, typeOf, known, fits) => {
        const index = positions.get(node);
        if (index === undefined) return;
        const shapeOf = (name: string): Shape | undefined => nodes.shape(name, typeOf(name));
        const source = nodes.source(node, { typeOf, known, shapeOf });
        for (const name of [...node.input, ...node.output]) if (!types.has(name)) types.set(name, typeOf(name));
        if (!isKnown(node) || !fits) return;
        for (const name of node.output) givers.set(name, source);
        sources.set(index, source);
      },
    },
  });
  const shape = (value: string): readonly number[] | undefined => fixedShape(types.get(value) ?? null);
  const facts: GraphFacts = {
    giver: (value) => givers.get(value),
    shape,
    rank: (value) => {
      const type = types.get(value) ?? null;
      return isTensor(type) ? type.shape?.length : undefined;
    },
    isStored: (value) => constants.isStored(value),
    constant: (value) => (constants.has(value) ? constants.tensor(value, shape(value)) : undefined),
  };
  return { facts, sources };
}
