import type { NodeProto } from "../graph/records.js";
import type { Constant } from "./constant.js";
import { nodeConstant } from "./constant-value.js";
import { foldOutput } from "./fold/fold-output.js";
import { countOf, isNumeric, type SmallTensor } from "./fold/small-tensor.js";
import { MOST_VALUES, SmallValue } from "./small-value.js";
import { MOST_DIMENSIONS, type Shape } from "./type-info.js";
import type { TypeScope } from "./type-scope.js";

const INT64 = 7;

/** What is known of the values in a graph: constants, and what follows from them and from shapes. */
export class KnownValues {
  private readonly constants = new Map<string, Constant>();
  /** Small tensors of which some elements may not be numbers. */
  private readonly followed = new Map<string, SmallTensor>();

  /**
   * @param types of the same graph
   * @param outer of the graph around a sub-graph
   * @param options see `InferenceSetting`
   */
  constructor(
    private readonly types: TypeScope,
    private readonly outer: KnownValues | null,
    private readonly options: { readonly propagates: boolean; readonly estimates: boolean },
  ) {}

  setConstant(name: string, constant: Constant): void {
    this.constants.set(name, constant);
  }

  /** Constants of this graph alone: those of the graphs around are no knowledge of ONNX's inside. */
  ownConstant(name: string): Constant | undefined {
    return this.constants.get(name);
  }

  constant(name: string): Constant | null {
    return this.constants.get(name) ?? (this.options.estimates ? (this.outer?.constant(name) ?? null) : null);
  }

  /** The sizes that an integer vector or scalar holds, where they follow from other shapes. */
  sizes(name: string): Shape | null {
    const tensor = this.followed.get(name);
    if (tensor?.dataType !== INT64 || tensor.dims.length > 1 || tensor.data.length > MOST_DIMENSIONS) return null;
    return tensor.data;
  }

  /** The elements of a scalar or vector of numbers, as far as they follow from constants and from other shapes. */
  elements(name: string): Shape | null {
    const tensor = this.tensor(name);
    return tensor === null || tensor.dims.length > 1 || tensor.data.length > MOST_DIMENSIONS ? null : tensor.data;
  }

  /** Remembers what a node makes of constants and sizes. */
  follow(node: NodeProto): void {
    const [output] = node.output;
    if (!output) return;
    const constant = nodeConstant(node);
    if (constant !== null) this.constants.set(output, constant);
    else if (this.options.propagates) this.fold(node, output);
  }

  private fold(node: NodeProto, output: string): void {
    const source = {
      type: (name: string) => this.types.get(name) ?? null,
      tensor: (name: string) => this.tensor(name) ?? this.unknownSizes(name),
    };
    const tensor = foldOutput(node, source, this.options.estimates ? MOST_VALUES : MOST_DIMENSIONS);
    if (tensor === null) return;
    this.followed.set(output, tensor);
    const value = this.options.estimates && isNumeric(tensor) ? SmallValue.of(tensor) : null;
    if (value !== null) this.constants.set(output, value);
  }

  private tensor(name: string): SmallTensor | null {
    const constant = this.constant(name);
    return constant === null ? (this.followed.get(name) ?? null) : SmallValue.from(constant);
  }
  /** Sizes of which nothing is known but how many there are. */
  private unknownSizes(name: string): SmallTensor | null {
    const type = this.types.get(name);
    if (type?.kind !== "tensor" || type.elem !== INT64 || !type.shape?.every((dim) => typeof dim === "number"))
      return null;
    const count = countOf(type.shape);
    if (!(count <= MOST_DIMENSIONS)) return null;
    return { dataType: INT64, dims: type.shape, data: new Array<null>(count).fill(null) };
  }
}
