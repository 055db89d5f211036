/** Vectors that nodes read in place of others. */
import { freshName } from "../../../base/fresh-name.js";
import { isOnnxDomain } from "../../../onnx/domains.js";
import * as build from "../../../onnx/graph/build.js";
import type { ModelWithGraph, NodeProto, TensorProto } from "../../../onnx/graph/records.js";
import type { TypeInfo } from "../../../onnx/infer/type-info.js";
import { callsOf } from "../source-constants.js";
import type { VectorElement } from "./carried.js";

export class VectorWriter {
  readonly initializers: TensorProto[] = [];
  /** By what they give. */
  private readonly concats: ReadonlyMap<string, NodeProto>;
  /** Vectors that are put together, by what they are of. */
  private readonly made = new Map<string, string>();

  /** @param names all that are taken; grows */
  constructor(
    model: ModelWithGraph,
    private readonly names: Set<string>,
    private readonly types: ReadonlyMap<string, TypeInfo>,
  ) {
    const isCall = callsOf(model);
    const concats = model.graph.node.filter(
      (node) => node.op_type === "Concat" && isOnnxDomain(node.domain) && !isCall(node),
    );
    this.concats = new Map(concats.map((node) => [node.output[0]!, node]));
  }

  integers(values: readonly number[]): string {
    const name = freshName(`batch/${values.join("x")}`, this.names);
    this.initializers.push(build.intTensor(name, [values.length], values));
    return name;
  }

  floats(values: readonly number[]): string {
    const name = freshName(`batch/${values.join("x")}`, this.names);
    this.initializers.push(build.floatVector(name, values));
    return name;
  }

  /**
   * @param of the vector of which elements are taken
   * @param before what has to be computed before; grows
   */
  computed(elements: readonly VectorElement[], of: string, before: NodeProto[]): string {
    const numbers = elements.flatMap((each) => (typeof each === "number" ? [each] : []));
    if (numbers.length === elements.length) return this.integers(numbers);
    const parts: (string | number[])[] = [];
    for (const each of elements) {
      const last = parts.at(-1);
      if (typeof each !== "number") parts.push(this.element(of, each.at, before));
      else if (typeof last === "object") last.push(each);
      else parts.push([each]);
    }
    const key = JSON.stringify(parts);
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const inputs = parts.map((part) => (typeof part === "string" ? part : this.integers(part)));
    return this.step("Concat", inputs, freshName(`${of}/samples`, this.names), key, before);
  }

  /** A vector of one element; that of which a Concat made the vector, where there is one. */
  private element(of: string, at: number, before: NodeProto[]): string {
    let first = 0;
    for (const part of this.concats.get(of)?.input ?? []) {
      const length = this.lengthOf(part);
      if (length === undefined || first > at) break;
      if (length === 1 && first === at) return part;
      first += length;
    }
    const key = JSON.stringify([of, at]);
    const inputs = [of, this.integers([at])];
    return this.made.get(key) ?? this.step("Gather", inputs, freshName(`${of}/${at}`, this.names), key, before);
  }

  private step(op: string, inputs: readonly string[], output: string, key: string, before: NodeProto[]): string {
    before.push(build.node(op, inputs, [output], { name: output, attribute: [build.attribute("axis", { i: 0 })] }));
    this.made.set(key, output);
    return output;
  }

  private lengthOf(name: string): number | undefined {
    const type = this.types.get(name);
    const shape = type?.kind === "tensor" ? type.shape : undefined;
    const length = shape?.length === 1 ? shape[0] : undefined;
    return typeof length === "number" ? length : undefined;
  }
}
