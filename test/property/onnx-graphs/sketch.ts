/** A random graph while it is drawn. */
import { randomNumbers } from "../../../src/base/random.js";
import * as build from "../../../src/onnx/graph/build.js";
import type { FunctionProto, NodeProto, TensorProto, ValueInfoProto } from "../../../src/onnx/graph/records.js";
import type { Draw } from "../onnx-operators/draw.js";
import { Names } from "./names.js";

/** A value [N, channels, scale·H, scale·W]. */
export interface Picture {
  readonly name: string;
  readonly channels: number;
  readonly scale: number;
}

export interface BaseSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

export type Attributes = Readonly<Record<string, build.AttributeValue>>;

/** A float constant of the graph, and how large it is. */
interface Stored {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Where a constant may lie, each as often as it stands here. */
const KINDS = [...Array<"initializer">(7).fill("initializer"), "node", "node", "default", "computed"] as const;

export class Sketch {
  readonly names: Names;
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  /** Initializers that callers may override, as inputs. */
  readonly defaults: ValueInfoProto[] = [];
  readonly functions = new Map<string, FunctionProto>();
  readonly pictures: Picture[] = [];
  private readonly stored: Stored[] = [];

  /** @param fixed the size of all pictures, where it is not open */
  constructor(
    readonly draw: Draw,
    readonly opset: number,
    readonly irVersion: number,
    readonly fixed: BaseSize | undefined,
  ) {
    this.names = new Names(draw);
  }

  /** Adds a node with one output more than `more`; returns the names of all. */
  nodeWith(count: number, op: string, inputs: readonly string[], attributes: Attributes = {}, domain?: string) {
    const outputs = Array.from({ length: count }, () => this.names.fresh());
    this.add(op, inputs, outputs, attributes, domain);
    return outputs;
  }

  node(op: string, inputs: readonly string[], attributes: Attributes = {}, domain?: string): string {
    return this.nodeWith(1, op, inputs, attributes, domain)[0]!;
  }

  add(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
    domain?: string,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => build.attribute(name, value));
    const name = this.draw.pick([undefined, "", this.names.fresh()]);
    this.nodes.push(build.node(op, inputs, outputs, { attribute, name, ...(domain === undefined ? {} : { domain }) }));
  }

  picture(name: string, { channels, scale }: Omit<Picture, "name">): Picture {
    const picture = { name, channels, scale };
    this.pictures.push(picture);
    return picture;
  }

  /** One of the pictures, the latest most of the time. */
  any(): Picture {
    const back = this.draw.pick([1, 1, 1, 2, 2, 3, this.draw.int(1, this.pictures.length)]);
    return this.pictures.at(-Math.min(back, this.pictures.length))!;
  }

  /** A picture of the same size, perhaps the same one. */
  like({ channels, scale }: Picture): Picture {
    return this.draw.pick(this.pictures.filter((each) => each.channels === channels && each.scale === scale));
  }

  /** A float constant: an initializer, a node, a default of an input, or computed; sometimes one that is there. */
  constant(dims: readonly number[], largest: number, offset = 0): string {
    const { draw } = this;
    const alike = this.stored.filter((each) => each.dims.join() === dims.join());
    if (alike.length > 0 && offset === 0 && draw.int(0, 2) === 0) return draw.pick(alike).name;
    const kind = draw.pick(KINDS);
    const name = kind === "computed" ? this.computed(dims, largest, offset) : this.names.fresh();
    if (kind === "node") this.add("Constant", [], [name], { value: { t: this.tensor("", dims, largest, offset) } });
    if (kind === "initializer" || kind === "default") this.initializers.push(this.tensor(name, dims, largest, offset));
    if (kind === "default" || (kind === "initializer" && this.irVersion < 4))
      this.defaults.push(build.valueInfo(name, "FLOAT", dims));
    if (offset === 0) this.stored.push({ name, dims });
    return name;
  }

  /** An int64 vector, or a scalar. */
  integers(values: readonly number[] | number): string {
    const name = this.names.fresh();
    const dims = typeof values === "number" ? [] : [values.length];
    const tensor = build.intTensor(name, dims, typeof values === "number" ? [values] : values);
    // Until opset 8 a Constant holds floats.
    if (this.opset >= 9 && this.draw.yes()) this.add("Constant", [], [name], { value: { t: tensor } });
    else this.initializers.push(tensor);
    if (this.irVersion < 4 && this.initializers.at(-1) === tensor)
      this.defaults.push(build.valueInfo(name, "INT64", dims));
    return name;
  }

  private computed(dims: readonly number[], largest: number, offset: number): string {
    const given = this.names.fresh();
    this.add("Constant", [], [given], { value: { t: this.tensor("", dims, largest, offset) } });
    return this.node(offset === 0 ? this.draw.pick(["Neg", "Identity"]) : "Abs", [given]);
  }

  /** A tensor of given values, without a name. */
  held(dims: readonly number[], values: readonly number[]): TensorProto {
    return build.floatTensor("", "FLOAT", { shape: dims, read: async () => Float32Array.from(values) });
  }

  tensor(name: string, dims: readonly number[], largest: number, offset: number): TensorProto {
    const next = randomNumbers(this.draw.seed());
    const size = dims.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: size }, () => offset + largest * (2 * next() - 1));
    return build.floatTensor(name, "FLOAT", { shape: dims, read: async () => values });
  }
}
