/** Follows heights and widths through a graph, node by node. */
import { isOnnxDomain } from "../../../onnx/domains.js";
import { elementCode } from "../../../onnx/graph/element-types.js";
import type { ModelWithGraph, NodeProto } from "../../../onnx/graph/records.js";
import type { TypeInfo } from "../../../onnx/infer/type-info.js";
import { namesRead } from "../../../onnx/rewrite/names.js";
import { NotRead } from "../reading.js";
import { callsOf } from "../source-constants.js";
import { onnxOpset } from "../source-nodes.js";
import { Counts } from "./counts.js";
import { type Extents, fixed, isOpen } from "./extent.js";
import { INTEGER_ROWS } from "./integer-rows.js";
import { SIZE_ROWS } from "./rows/index.js";
import type { Shown, SizeEdits, SizeView } from "./size-row.js";

/** A node of which it is not shown what it does with other heights and widths. */
export interface SizeRefusal {
  readonly node: string;
  readonly reason: string;
}

/** What inference knows of a node in the export. */
export interface ExportedNode {
  readonly typeOf: (name: string) => TypeInfo | null;
  readonly numbersOf: (name: string) => readonly number[] | undefined;
}

const INT64 = elementCode("INT64");

export class SizeProver {
  /** The first node of which it is not shown. */
  refusal: SizeRefusal | undefined;
  /** Shapes of values with an open size, in the order in which they are computed. */
  readonly shapes: Map<string, Extents>;
  /** By position. */
  readonly edits = new Map<number, SizeEdits>();
  /** Integers that the graph computes of open sizes; undefined where they follow from no linear rule. */
  private readonly computed = new Map<string, Extents | undefined>();
  private readonly readers = new Map<string, readonly NodeProto[]>();
  private readonly counts = new Counts();
  private readonly opset: number;
  private readonly isCall: (node: NodeProto) => boolean;

  /** @param inputs shapes of the graph's inputs that have an open size */
  constructor(model: ModelWithGraph, inputs: ReadonlyMap<string, Extents>) {
    this.shapes = new Map(inputs);
    this.opset = onnxOpset(model);
    this.isCall = callsOf(model);
    for (const node of model.graph.node)
      for (const name of namesRead(node)) this.readers.set(name, [...(this.readers.get(name) ?? []), node]);
  }

  prove(node: NodeProto, index: number, exported: ExportedNode): void {
    try {
      this.follow(node, index, exported);
    } catch (cause) {
      if (!(cause instanceof NotRead)) throw cause;
      this.refusal = { node: node.name || node.output[0]!, reason: cause.message };
    }
  }

  private follow(node: NodeProto, index: number, exported: ExportedNode): void {
    const view = this.viewOf(node, exported);
    this.counts.check(node, (at) => (this.computed.has(node.input[at] ?? "") ? undefined : view.number(at)));
    const read = [...namesRead(node)];
    const readsSizes = read.some((name) => this.computed.has(name));
    if (!readsSizes && !read.some((name) => this.shapes.has(name))) {
      this.counts.follow(node, [], [this.shapeOf(node.output[0] ?? "", exported) ?? []]);
      return;
    }
    const op = isOnnxDomain(node.domain) && !this.isCall(node) ? (node.op_type ?? "") : "";
    if (this.isOfIntegers(node, op, exported)) {
      this.computed.set(node.output[0]!, INTEGER_ROWS[op]!(view));
      return;
    }
    const row = SIZE_ROWS[op];
    if (row === undefined)
      throw new NotRead(`it is not known what ${node.op_type ?? "it"} does with heights and widths`);
    const shown = row(view);
    this.take(node, index, shown, exported);
    if (readsSizes)
      for (const [at, name] of node.output.entries())
        if (name !== "" && (shown.outputs[at]?.length ?? 0) <= 1) this.computed.set(name, undefined);
  }

  private isOfIntegers({ output: [name = ""] }: NodeProto, op: string, { typeOf }: ExportedNode): boolean {
    const type = typeOf(name);
    const isVector = type?.kind === "tensor" && type.elem === INT64 && (type.shape?.length ?? 2) <= 1;
    return isVector && INTEGER_ROWS[op] !== undefined;
  }

  private take(node: NodeProto, index: number, shown: Shown, exported: ExportedNode): void {
    for (const [at, name] of node.output.entries()) {
      const shape = shown.outputs[at];
      if (name === "" || shape === undefined) continue;
      const before = numbersIn(exported.typeOf(name));
      if (before !== undefined && before.join() !== shape.map((size) => size.exported).join())
        throw new NotRead(
          `its result is ${before.join("×")} in the export, which does not follow from the sizes of its inputs`,
        );
      if (shape.some(isOpen)) this.shapes.set(name, shape);
    }
    this.counts.follow(
      node,
      node.input.map((name) => this.shapeOf(name, exported) ?? []),
      shown.outputs,
    );
    if (shown.inputs !== undefined || shown.attributes !== undefined) this.edits.set(index, shown);
  }

  private shapeOf(name: string, { typeOf }: ExportedNode): Extents | undefined {
    return this.shapes.get(name) ?? numbersIn(name === "" ? null : typeOf(name))?.map(fixed);
  }

  private viewOf(node: NodeProto, exported: ExportedNode): SizeView {
    const at = (index: number): string => node.input[index] ?? "";
    return {
      node,
      opset: this.opset,
      has: (index) => at(index) !== "",
      readers: (value) => this.readers.get(value) ?? [],
      shape: (index) => {
        const shape = this.shapeOf(at(index), exported);
        if (shape === undefined) throw new NotRead(`the shape of its input ${index} is not known`);
        return shape;
      },
      exported: (index) => {
        const shape = numbersIn(exported.typeOf(node.output[index] ?? ""));
        if (shape === undefined) throw new NotRead(`the shape of its output ${index} is not known`);
        return shape;
      },
      integers: (index) => {
        if (!this.computed.has(at(index))) return at(index) === "" ? undefined : exported.numbersOf(at(index));
        const sizes = this.computed.get(at(index));
        return sizes?.some(isOpen) ? undefined : sizes?.map((size) => size.exported);
      },
      computed: (index) => {
        const sizes = this.computed.get(at(index));
        return sizes?.some(isOpen) ? sizes : undefined;
      },
      number: (index) => {
        const numbers = at(index) === "" ? undefined : exported.numbersOf(at(index));
        return numbers?.length === 1 ? numbers[0] : undefined;
      },
    };
  }
}

/** Sizes that are all numbers. */
function numbersIn(type: TypeInfo | null): readonly number[] | undefined {
  const shape = type?.kind === "tensor" ? type.shape : null;
  return shape?.every((size) => typeof size === "number") ? shape : undefined;
}
