/** Reads what it can of a graph's nodes as IR, one by one. */
import { type Dim, type Shape, symbol } from "../../ir/dim.js";
import type { Node } from "../../ir/graph.js";
import { RuleError } from "../../ir/ops/operator.js";
import type { GraphProto, ModelProto, NodeProto } from "../../onnx/graph/records.js";
import { inferModel } from "../../onnx/infer/infer-model.js";
import type { KnownOf } from "../../onnx/infer/setting.js";
import { SmallValue } from "../../onnx/infer/small-value.js";
import type { Dim as OnnxDim, TypeInfo } from "../../onnx/infer/type-info.js";
import type { SchemaRegistry } from "../../onnx/schemas/registry.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import { ONNX_OPERATORS } from "./operators/index.js";
import { ONNX_PATTERNS } from "./patterns/index.js";
import {
  type NodeWriter,
  NotRead,
  type OperatorRow,
  type PatternMatch,
  type SourceNode,
  type Surroundings,
} from "./reading.js";
import { ReadingWriter } from "./reading-writer.js";
import { callsOf, isOnnxDomain, type SourceConstants } from "./source-constants.js";
import type { ValueUses } from "./value-uses.js";

/** A node of the source as IR, or why it is none. */
export type NodeReading =
  | {
      readonly kind: "read";
      /** None where the node is part of what a node behind it was read as. */
      readonly nodes: readonly Node[];
      readonly constants: ReadonlyMap<string, LazyTensor>;
      /** The values of the source that these read: not the shapes, axes and sizes that the IR has as attributes. */
      readonly reads: ReadonlySet<string>;
    }
  /** `reason` is null where smxc does not know the operator. */
  | { readonly kind: "left"; readonly reason: string | null };

export interface GraphReading {
  /** By position in the graph. */
  readonly readings: readonly NodeReading[];
  /** Of float32 values, as IR knows them. */
  readonly shapes: ReadonlyMap<string, Shape>;
}

const FLOAT = 1;

/** Reads the nodes of a model's main graph. The model must be valid. */
export function readGraph(
  model: ModelProto,
  graph: GraphProto,
  constants: SourceConstants,
  uses: ValueUses,
  schemas: SchemaRegistry,
): GraphReading {
  const reader = new GraphReader(constants, uses, onnxOpset(model), repeatedSymbols(graph), namesIn(graph));
  const readings: NodeReading[] = [];
  const isCall = callsOf(model);
  const positions = new Map(graph.node.map((node, index) => [node, index]));
  inferModel(model, schemas, {
    listener: {
      contradiction: () => {},
      notInferred: () => {},
      visited: (node, _, __, typeOf, known) => {
        const index = positions.get(node);
        if (index !== undefined) readings[index] = isCall(node) ? UNKNOWN : reader.read(node, index, typeOf, known);
      },
    },
  });
  for (const [index, x] of reader.covered)
    readings[index] = { kind: "read", nodes: [], constants: new Map(), reads: new Set([x]) };
  return { readings, shapes: reader.shapes };
}

/** Version of ai.onnx that a model imports; 1 where it imports none, as models did before there were opsets. */
export function onnxOpset({ opset_import }: ModelProto): number {
  return Number(opset_import.find(({ domain }) => isOnnxDomain(domain))?.version ?? 1);
}

/** Names that one input gives to several of its sizes: exporters write "None" or "?" for whatever is not known. */
function repeatedSymbols(graph: GraphProto): ReadonlySet<string> {
  const repeated = new Set<string>();
  for (const { type } of graph.input) {
    const names = (type?.tensor_type?.shape?.dim ?? []).flatMap(({ dim_param }) =>
      dim_param === undefined ? [] : [dim_param],
    );
    for (const [index, name] of names.entries()) if (names.indexOf(name) !== index) repeated.add(name);
  }
  return repeated;
}

function namesIn(graph: GraphProto): Set<string> {
  const values = [...graph.input, ...graph.initializer].map(({ name = "" }) => name);
  return new Set([...values, ...graph.node.flatMap(({ input, output }) => [...input, ...output])]);
}

const UNKNOWN: NodeReading = { kind: "left", reason: null };

function rowOf({ op_type = "" }: NodeProto): OperatorRow | undefined {
  return ONNX_OPERATORS[op_type];
}

class GraphReader {
  readonly shapes = new Map<string, Shape>();
  /** What nodes read that patterns behind them took, by position. */
  readonly covered = new Map<number, string>();
  private readonly givers = new Map<string, { readonly source: SourceNode; readonly index: number }>();

  constructor(
    private readonly constants: SourceConstants,
    private readonly uses: ValueUses,
    private readonly opset: number,
    private readonly doubtful: ReadonlySet<string>,
    private readonly taken: Set<string>,
  ) {}

  read(node: NodeProto, index: number, typeOf: (name: string) => TypeInfo | null, known: KnownOf): NodeReading {
    if (!isOnnxDomain(node.domain) || node.output.some((name) => this.constants.has(name))) return UNKNOWN;
    const shapeOf = (name: string): Shape | undefined => this.shapes.get(name) ?? this.declared(name, typeOf(name));
    const source = this.source(node, shapeOf, typeOf, known);
    for (const name of node.output) this.givers.set(name, { source, index });
    const pattern = this.match(source);
    const read = pattern === undefined ? rowOf(node)?.read : (_: SourceNode, write: NodeWriter) => pattern.read(write);
    if (read === undefined) return UNKNOWN;
    const writer = new ReadingWriter(node, index, shapeOf, {
      nameOf: (tensor) => this.constants.nameOf(tensor),
      fresh: (wanted) => this.fresh(wanted),
    });
    try {
      read(source, writer);
    } catch (cause) {
      if (cause instanceof NotRead || cause instanceof RuleError) return { kind: "left", reason: cause.message };
      throw cause;
    }
    for (const [name, shape] of writer.shapes) this.shapes.set(name, shape);
    for (const inner of pattern?.inner ?? [])
      this.covered.set(this.givers.get(inner.output[0]!)!.index, inner.input[0]!);
    return { kind: "read", ...writer.reading() };
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

  /** A name that no value of the source has. */
  private fresh(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); n++) name = `${wanted}#${n}`;
    this.taken.add(name);
    return name;
  }

  private source(
    node: NodeProto,
    shapeOf: (name: string) => Shape | undefined,
    typeOf: (name: string) => TypeInfo | null,
    known: KnownOf,
  ): SourceNode {
    const { constants, opset } = this;
    const input = (index: number): string | undefined => node.input[index] || undefined;
    const at = <T>(index: number, of: (name: string) => T | undefined): T | undefined => {
      const name = input(index);
      return name === undefined ? undefined : of(name);
    };
    return {
      node,
      opset,
      input,
      shape: (index) => at(index, shapeOf),
      tensor: (index) => at(index, (name) => constants.tensor(name, fixedShape(typeOf(name)))),
      numbers: (index) =>
        at(index, (name) => {
          const constant = known.constant(name);
          return constant === null ? undefined : SmallValue.from(constant)?.data;
        }),
      sizes: (index) => at(index, (name) => known.sizes(name)?.map((dim) => this.dim(dim))),
    };
  }

  /** What the source says of a value that no node of the IR gives; sizes that nothing is known of get names of their own. */
  private declared(name: string, type: TypeInfo | null): Shape | undefined {
    if (type?.kind !== "tensor" || type.elem !== FLOAT || type.shape === null) return undefined;
    const shape = type.shape.map((dim, axis) => this.dim(dim) ?? symbol(`${name}[${axis}]`));
    this.shapes.set(name, shape);
    return shape;
  }

  private dim(dim: OnnxDim): Dim | undefined {
    if (typeof dim === "number") return dim >= 1 ? dim : undefined;
    return dim === null || dim === "" || this.doubtful.has(dim) ? undefined : symbol(dim);
  }
}

function fixedShape(type: TypeInfo | null): readonly number[] | undefined {
  const shape = type?.kind === "tensor" && type.elem === FLOAT ? type.shape : null;
  return shape?.every((dim) => typeof dim === "number") ? shape : undefined;
}
