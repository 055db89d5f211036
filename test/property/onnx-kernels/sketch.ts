/** A graph that is written node by node, with the detours that exporters take. */
import { randomNumbers } from "../../../src/base/random.js";
import * as build from "../../../src/onnx/graph/build.js";
import type { ModelProto, NodeProto, TensorProto } from "../../../src/onnx/graph/records.js";
import type { Draw } from "../onnx-operators/draw.js";

export class Sketch {
  private readonly nodes: NodeProto[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly next: () => number;
  private count = 0;

  constructor(
    readonly draw: Draw,
    readonly opset: number,
  ) {
    this.next = randomNumbers(draw.seed());
  }

  op(type: string, inputs: readonly string[], attributes: Readonly<Record<string, build.AttributeValue>> = {}): string {
    const output = this.fresh();
    const attribute = Object.entries(attributes).map(([name, value]) => build.attribute(name, value));
    this.nodes.push(build.node(type, inputs, [output], { attribute }));
    return output;
  }

  weights(shape: readonly number[], largest = 1): string {
    const size = shape.reduce((product, dim) => product * dim, 1);
    return this.floats(
      shape,
      Array.from({ length: size }, () => largest * (2 * this.next() - 1)),
    );
  }

  floats(shape: readonly number[], values: readonly number[]): string {
    const data = Float32Array.from(values);
    return this.constant((name) => build.floatTensor(name, "FLOAT", { shape, read: async () => data }));
  }

  ints(values: readonly number[]): string {
    return this.constant((name) => build.intTensor(name, [values.length], values));
  }

  /** An initializer, or a Constant. */
  private constant(of: (name: string) => TensorProto): string {
    if (this.draw.yes()) return this.op("Constant", [], { value: { t: of("") } });
    const name = this.fresh();
    this.initializers.push(of(name));
    return name;
  }

  reshape(value: string, shape: readonly number[]): string {
    return this.op("Reshape", [value, this.ints(shape)]);
  }

  /** The value, perhaps past nodes that leave it as it is. @param shape its own */
  detour(value: string, shape: readonly number[]): string {
    const ways: readonly (() => string)[] = [
      () => value,
      () => this.op("Identity", [value]),
      () => this.op("Mul", [value, this.floats([], [1])]),
      () => this.reshape(value, shape),
      () => this.reshape(this.op("Flatten", [value]), shape),
    ];
    return this.draw.pick(ways)();
  }

  sum(value: string, axes: readonly number[], keepdims: boolean): string {
    return this.op("ReduceSum", [value, this.ints(axes)], { keepdims: { i: keepdims ? 1 : 0 } });
  }

  mean(value: string, axes: readonly number[], keepdims: boolean): string {
    const keeps = { keepdims: { i: keepdims ? 1 : 0 } };
    if (this.opset >= 18) return this.op("ReduceMean", [value, this.ints(axes)], keeps);
    return this.op("ReduceMean", [value], { axes: { ints: axes }, ...keeps });
  }

  /** @param x the shape of the picture `x` @param result the value that is shown as `y` */
  model(x: readonly number[], result: string): ModelProto {
    const graph = build.graph({
      name: "network",
      node: [...this.nodes, build.node("Identity", [result], ["y"])],
      initializer: this.initializers,
      input: [build.valueInfo("x", "FLOAT", x)],
      output: [build.valueInfo("y", "FLOAT")],
    });
    return build.model({ ir_version: 8, opset_import: [build.opset(this.opset)], graph });
  }

  private fresh(): string {
    return `v${this.count++}`;
  }
}
