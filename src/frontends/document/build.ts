import type * as z from "zod";
import { type Diagnostic, SmxcError } from "../../base/diagnostics.js";
import { pointerOf } from "../../base/json/parse.js";
import { nearest } from "../../base/nearest.js";
import { type Shape, symbol } from "../../ir/dim.js";
import type { Graph, GraphOutput, Node } from "../../ir/graph.js";
import { inferNode } from "../../ir/infer.js";
import type { OpAttributes, OpName } from "../../ir/ops/index.js";
import { RuleError } from "../../ir/ops/operator.js";
import { reshaped } from "../../tensors/derived.js";
import type { LazyTensor, TensorStore } from "../../tensors/tensor.js";
import type { LayerSpec, ModelSpec } from "./document.js";
import * as errors from "./errors.js";
import { LAYERS } from "./layers/index.js";
import type { LayerBuilder, LayerDefinition } from "./layers/layer.js";
import { referencesOf } from "./references.js";

export interface BuiltGraph {
  readonly graph: Graph;
  /** Tensors of the weights file that no layer reads. */
  readonly unused: readonly string[];
}

/**
 * Builds the IR of a document from its weights. Everything that does not fit is reported together: layers whose rules
 * are broken (and not those that only depend on them), missing and misshapen tensors. Throws SmxcError.
 */
export function buildGraph(spec: ModelSpec, weights: TensorStore | undefined): BuiltGraph {
  const builder = new Builder(spec, weights);
  spec.layers.forEach((layer, index) => {
    builder.build(layer, index);
  });
  const unused = [...(weights?.tensors.keys() ?? [])].filter((name) => !builder.used.has(name));
  if (builder.found.length > 0) throw new SmxcError(builder.found.map((finding) => finding(unused)));
  const graph: Graph = {
    name: spec.name,
    inputs: spec.inputs.map((input) => ({ name: input.name, shape: builder.shapes.get(input.name)! })),
    constants: builder.constants,
    nodes: builder.nodes,
    outputs: spec.outputs.map((name) => ({ name, value: name })),
    betas: builder.betas,
  };
  return { graph, unused };
}

/** What is wrong, reported once it is known which tensors no layer reads: a misspelt name means one of them. */
type Finding = (unused: readonly string[]) => Diagnostic;

class Builder {
  readonly found: Finding[] = [];
  readonly shapes = new Map<string, Shape>();
  readonly constants = new Map<string, LazyTensor>();
  readonly nodes: Node[] = [];
  readonly betas: GraphOutput[] = [];
  readonly used = new Set<string>();
  private readonly withoutWeights = new Set<string>();
  private readonly weights: TensorStore | undefined;
  /** Names of the document's inputs and layers, which no constant may take. */
  private readonly names: ReadonlySet<string>;
  /** The constants that hold a tensor, by its name and shape. */
  private readonly read = new Map<string, string>();

  constructor(spec: ModelSpec, weights: TensorStore | undefined) {
    this.weights = weights;
    this.names = new Set([...spec.inputs, ...spec.layers].map(({ name }) => name));
    for (const input of spec.inputs) {
      this.shapes.set(
        input.name,
        input.shape.map((size) => (typeof size === "number" ? size : symbol(size))),
      );
    }
  }

  build(layer: LayerSpec, index: number): void {
    const pointer = pointerOf(["layers", index]);
    const broken = referencesOf(layer, index).some(({ name }) => !this.shapes.has(name));
    if (broken) return;
    const before = this.found.length;
    try {
      const definition = LAYERS[layer.op] as unknown as LayerDefinition<z.ZodType>;
      definition.build(layer, this.builderFor(layer.name, pointer));
    } catch (cause) {
      if (!(cause instanceof RuleError)) throw cause;
      if (this.found.length > before) return;
      const broken = errors.layerRule(layer.name, cause.message, pointer, cause.hint);
      this.found.push(() => broken);
    }
  }

  private builderFor(layer: string, pointer: string): LayerBuilder {
    const origin = { layer, pointer };
    return {
      shape: (value) => this.shapes.get(value)!,
      weight: (tensor, shape, ...alternatives) => this.weight(layer, pointer, tensor, [shape, ...alternatives]),
      storedShape: (tensor) => this.weights?.tensors.get(tensor)?.shape,
      isOneHot: (value) => this.nodes.some((node) => node.name === value && node.op === "one_hot"),
      beta: (router, value) => {
        this.betas.push({ name: `beta.${router.replace(/\.beta$/, "")}`, value });
      },
      constant: (name, tensor) => this.constant(name, tensor),
      tensor: (constant) => this.constants.get(constant)!,
      node: <Op extends OpName>(op: Op, name: string, inputs: readonly string[], attributes: OpAttributes[Op]) => {
        if (this.shapes.has(name)) {
          throw new RuleError(`its inner value "${name}" has the same name as another value`, "rename the layer");
        }
        const node = { op, name, inputs, attributes, origin } as Node;
        const shape = inferNode(
          node,
          inputs.map((input) => this.shapes.get(input)!),
        );
        this.nodes.push(node);
        this.shapes.set(name, shape);
        return name;
      },
    };
  }

  /** Adds a constant under its own name, unless a value of the document or another constant has that. */
  private constant(name: string, tensor: LazyTensor): string {
    let unique = this.names.has(name) ? `${name}.tensor` : name;
    for (let n = 2; this.names.has(unique) || this.shapes.has(unique); n++) unique = `${name}.tensor${n}`;
    this.constants.set(unique, tensor);
    this.shapes.set(unique, tensor.shape);
    return unique;
  }

  private weight(layer: string, pointer: string, name: string, shapes: readonly (readonly number[])[]): string {
    const wanted = shapes[0]!;
    const absent: LazyTensor = { shape: wanted, read: async () => new Float32Array(0) };
    const report = (finding: Finding): string => {
      this.found.push(finding);
      return this.constant(name, absent);
    };
    if (!this.weights) {
      if (this.withoutWeights.has(layer)) return this.constant(name, absent);
      this.withoutWeights.add(layer);
      return report(() => errors.noWeights(layer, pointer));
    }
    this.used.add(name);
    const stored = this.weights.tensors.get(name);
    if (!stored) {
      const other = this.weights.others.get(name);
      if (other) return report(() => errors.notFloat(name, layer, pointer, other.dtype));
      return report((unused) => errors.missingTensor(name, layer, pointer, nearest(name, unused)));
    }
    const fits = shapes.some(
      (shape) => shape.length === stored.shape.length && shape.every((size, axis) => size === stored.shape[axis]),
    );
    if (!fits) return report(() => errors.misshapenTensor(name, layer, pointer, stored.shape, shapes));
    const key = `${name}#${wanted.join("x")}`;
    const known = this.read.get(key);
    if (known !== undefined) return known;
    const constant = this.constant(this.constants.has(name) ? key : name, reshaped(stored, wanted));
    this.read.set(key, constant);
    return constant;
  }
}
