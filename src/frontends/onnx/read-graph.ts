/** Reads what it can of a graph's nodes as IR, one by one. */
import { freshName } from "../../base/fresh-name.js";
import type { Shape } from "../../ir/dim.js";
import { RuleError } from "../../ir/ops/operator.js";
import { isOnnxDomain } from "../../onnx/domains.js";
import type { GraphProto, ModelProto, NodeProto } from "../../onnx/graph/records.js";
import { inferModel } from "../../onnx/infer/infer-model.js";
import type { KnownOf } from "../../onnx/infer/setting.js";
import type { TypeInfo } from "../../onnx/infer/type-info.js";
import type { SchemaRegistry } from "../../onnx/schemas/registry.js";
import type { GraphReading, NodeReading } from "./graph-reading.js";
import { ONNX_OPERATORS } from "./operators/index.js";
import { ONNX_PATTERNS } from "./patterns/index.js";
import { emitMixConv } from "./raise/emit.js";
import type { RaisedKernels, RaisedOrNot } from "./raise/raise-kernels.js";
import {
  MISFIT,
  type NodeWriter,
  NotRead,
  type OperatorRow,
  type PatternMatch,
  type Read,
  type SourceNode,
  type Surroundings,
} from "./reading.js";
import { ReadingWriter } from "./reading-writer.js";
import { readWithMultiples, type SizeMultiples, shapeOfJoin } from "./size-multiples.js";
import { callsOf, type SourceConstants } from "./source-constants.js";
import { type SourceNodes, sourceNodes } from "./source-nodes.js";
import type { ValueUses } from "./value-uses.js";

/**
 * Reads the nodes of a model's main graph. The model must be valid.
 *
 * @param raised what convolutions with computed kernels are read as
 */
export function readGraph(
  model: ModelProto,
  graph: GraphProto,
  constants: SourceConstants,
  uses: ValueUses,
  schemas: SchemaRegistry,
  raised: RaisedKernels = new Map(),
): GraphReading {
  return readWithMultiples(graph, uses, (multiples) =>
    readOnce(model, graph, constants, uses, schemas, { raised, multiples }),
  );
}

interface Knowledge {
  readonly raised: RaisedKernels;
  readonly multiples: SizeMultiples;
}

function readOnce(
  model: ModelProto,
  graph: GraphProto,
  constants: SourceConstants,
  uses: ValueUses,
  schemas: SchemaRegistry,
  { raised, multiples }: Knowledge,
): GraphReading {
  const nodes = sourceNodes(model, graph, constants, multiples);
  const reader = new GraphReader(constants, uses, nodes, namesIn(graph), raised);
  const readings: NodeReading[] = [];
  const isCall = callsOf(model);
  const positions = new Map(graph.node.map((node, index) => [node, index]));
  inferModel(model, schemas, {
    listener: {
      visited: (node, _, __, typeOf, known, fits) => {
        const index = positions.get(node);
        if (index === undefined) return;
        if (!fits) readings[index] = { kind: "left", reason: MISFIT };
        else readings[index] = isCall(node) ? UNKNOWN : reader.read(node, index, typeOf, known);
      },
    },
  });
  for (const [index, x] of reader.covered)
    readings[index] = { kind: "read", nodes: [], constants: new Map(), reads: new Set([x]) };
  return { readings, shapes: reader.shapes };
}

function namesIn(graph: GraphProto): Set<string> {
  const values = [...graph.input, ...graph.initializer].map(({ name = "" }) => name);
  return new Set([...values, ...graph.node.flatMap(({ input, output }) => [...input, ...output])]);
}

const UNKNOWN: NodeReading = { kind: "left", reason: null };

function rowOf({ op_type = "" }: NodeProto): OperatorRow | undefined {
  return ONNX_OPERATORS[op_type];
}

/** Undefined for nodes that are no convolutions of computed kernels, and for those that are none that is mixed. */
function readingOf(raised: RaisedOrNot | undefined): Read | undefined {
  return raised === undefined || "reason" in raised ? undefined : (source, write) => emitMixConv(raised, source, write);
}

class GraphReader {
  readonly shapes = new Map<string, Shape>();
  /** What nodes read that patterns behind them took, by position. */
  readonly covered = new Map<number, string>();
  private readonly givers = new Map<string, { readonly source: SourceNode; readonly index: number }>();

  constructor(
    private readonly constants: SourceConstants,
    private readonly uses: ValueUses,
    private readonly nodes: SourceNodes,
    private readonly taken: Set<string>,
    private readonly raised: RaisedKernels,
  ) {}

  read(node: NodeProto, index: number, typeOf: (name: string) => TypeInfo | null, known: KnownOf): NodeReading {
    if (!isOnnxDomain(node.domain) || node.output.some((name) => this.constants.has(name))) return UNKNOWN;
    const shapeOf = (name: string): Shape | undefined => this.shapes.get(name) ?? this.declared(name, typeOf(name));
    const source = this.nodes.source(node, { shapeOf, typeOf, known });
    for (const name of node.output) this.givers.set(name, { source, index });
    const pattern = this.match(source);
    const raised = this.raised.get(index);
    const read =
      pattern === undefined
        ? (readingOf(raised) ?? rowOf(node)?.read)
        : (_: SourceNode, write: NodeWriter) => pattern.read(write);
    if (read === undefined) return UNKNOWN;
    const writer = new ReadingWriter(node, index, shapeOf, {
      nameOf: (tensor) => this.constants.nameOf(tensor),
      fresh: (wanted) => this.fresh(wanted),
    });
    try {
      read(source, writer);
    } catch (cause) {
      if (cause instanceof NotRead || cause instanceof RuleError) {
        this.rememberJoin(node, shapeOf);
        return { kind: "left", reason: cause.message };
      }
      throw cause;
    }
    for (const [name, shape] of writer.shapes) this.shapes.set(name, shape);
    for (const inner of pattern?.inner ?? [])
      this.covered.set(this.givers.get(inner.output[0]!)!.index, inner.input[0]!);
    return { kind: "read", ...writer.reading() };
  }

  /** What a join that is not read gives whenever it does not fail. */
  private rememberJoin(node: NodeProto, shapeOf: (name: string) => Shape | undefined): void {
    const shape = shapeOfJoin(node, node.input.map(shapeOf));
    if (shape !== undefined) this.shapes.set(node.output[0]!, shape);
  }

  /** The pattern that a node is the last of; those tried first stand first. */
  private match(last: SourceNode): PatternMatch | undefined {
    const around: Surroundings = {
      giver: (value) => this.givers.get(value)?.source,
      isReadOnce: (value) => this.uses.readBy.get(value)?.length === 1 && !this.uses.shown.has(value),
    };
    for (const pattern of ONNX_PATTERNS) {
      const found = pattern.last === last.node.op_type ? pattern.match(last, around) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What the source says of a value that no node of the IR gives. */
  private declared(name: string, type: TypeInfo | null): Shape | undefined {
    const shape = this.nodes.shape(name, type);
    if (shape !== undefined) this.shapes.set(name, shape);
    return shape;
  }

  /** A name that no value of the source has. */
  private fresh(wanted: string): string {
    return freshName(wanted, this.taken);
  }
}
