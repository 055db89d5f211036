/**
 * A graph in half precision: weights and feature maps become FLOAT16, the interface stays FLOAT. Nodes whose precision
 * is float32 keep FLOAT, with casts around them. A weight beyond half precision's range is an error when the file is written.
 */
import type { Attribute, DataType, Initializer, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from "../model.js";

const CODES = { FLOAT: 1, FLOAT16: 10 } as const;
type Precision = keyof typeof CODES;

/** Inputs that ONNX wants as FLOAT whatever the others are. */
const FLOAT_INPUTS: ReadonlyMap<string, ReadonlySet<number>> = new Map([["Resize", new Set([1, 2])]]);

export function toFloat16(model: OnnxModel): OnnxModel {
  return { ...model, graph: new Converter(model.graph, new Aliases(model.graph), undefined).main() };
}

/** Names of values that stand beside those of the model. */
class Aliases {
  private readonly taken: Set<string>;
  private readonly known = new Map<string, string>();

  constructor(graph: OnnxGraph) {
    this.taken = new Set(namesIn(graph));
  }

  /** The same for the same name and suffix, and nobody else's. */
  of(name: string, suffix: string): string {
    const wanted = `${name}:${suffix}`;
    const known = this.known.get(wanted);
    if (known !== undefined) return known;
    let alias = wanted;
    for (let n = 2; this.taken.has(alias); n++) alias = `${wanted}#${n}`;
    this.taken.add(alias);
    this.known.set(wanted, alias);
    return alias;
  }
}

function namesIn(graph: OnnxGraph): readonly string[] {
  const inner = graph.node.flatMap(({ name, output, attribute }) => [
    name,
    ...output,
    ...Object.values(attribute).flatMap((each) => (each.type === "GRAPH" ? namesIn(each.value) : [])),
  ]);
  return [...[...graph.input, ...graph.initializer].map(({ name }) => name), ...inner];
}

/** One graph in the making. Values that are not floating-point have no precision and stay as they are. */
class Converter {
  private readonly graph: OnnxGraph;
  private readonly aliases: Aliases;
  private readonly enclosing: Converter | undefined;
  private readonly initializers: ReadonlyMap<string, Initializer>;
  /** Precision of the values so far, initializers left out. */
  private readonly precisions = new Map<string, Precision>();
  private readonly nodes: OnnxNode[] = [];
  private readonly used = new Map<string, Initializer>();
  private readonly infos = new Map<string, ValueInfo>();
  private readonly casts = new Set<string>();
  /** What the graph said of its values. */
  private readonly declared: ReadonlyMap<string, ValueInfo>;

  constructor(graph: OnnxGraph, aliases: Aliases, enclosing: Converter | undefined) {
    this.graph = graph;
    this.aliases = aliases;
    this.enclosing = enclosing;
    this.initializers = new Map(graph.initializer.map((each) => [each.name, each]));
    this.declared = new Map([...graph.input, ...graph.value_info, ...graph.output].map((value) => [value.name, value]));
  }

  /** The whole model's graph: inputs and outputs stay FLOAT. */
  main(): OnnxGraph {
    for (const { name, type } of this.graph.input) if (type.elem_type === "FLOAT") this.precisions.set(name, "FLOAT");
    const shown = new Map(this.graph.output.map(({ name }) => [name, this.aliases.of(name, "half")]));
    this.convertNodes((output) => shown.get(output) ?? output);
    for (const output of this.graph.output) {
      const half = shown.get(output.name)!;
      if (this.precisions.get(half) === "FLOAT16") this.cast(half, output.name, "FLOAT");
    }
    return this.finish(this.graph.input, this.graph.output);
  }

  /** A body, whose floating-point inputs are half precision, and its outputs what their nodes are. */
  body(): OnnxGraph {
    for (const { name, type } of this.graph.input) if (type.elem_type === "FLOAT") this.precisions.set(name, "FLOAT16");
    this.convertNodes((output) => output);
    const outputs = this.graph.output.map((output) => {
      if (output.type.elem_type !== "FLOAT" || this.precisions.get(output.name) === "FLOAT") return output;
      return { ...halfInfo(output), name: this.read(output.name, "FLOAT16") };
    });
    return this.finish(this.graph.input.map(halfInfo), outputs);
  }

  /** @param rename what half-precision results are called */
  private convertNodes(rename: (output: string) => string): void {
    const renamed = new Map<string, string>();
    for (const node of this.graph.node) {
      const hasBody = Object.values(node.attribute).some(({ type }) => type === "GRAPH");
      const precision: Precision = node.precision === "float32" && !hasBody ? "FLOAT" : "FLOAT16";
      const input = node.input.map((name, index) => {
        const wanted = FLOAT_INPUTS.get(node.op_type)?.has(index) ? "FLOAT" : precision;
        return this.read(renamed.get(name) ?? name, wanted);
      });
      const attribute = this.attributes(node, precision);
      const output = node.output.map((name, index) => {
        if (this.declared.get(name)?.type.elem_type !== "FLOAT") return name;
        const made = precisionFromBody(attribute, index) ?? precision;
        const own = made === "FLOAT16" ? rename(name) : name;
        if (own !== name) renamed.set(name, own);
        this.precisions.set(own, made);
        return own;
      });
      this.nodes.push({ ...node, input, output, attribute });
      for (const [index, name] of output.entries()) this.describe(node.output[index]!, name);
    }
  }

  private attributes(node: OnnxNode, precision: Precision): OnnxNode["attribute"] {
    return Object.fromEntries(
      Object.entries(node.attribute).map(([name, attribute]): [string, Attribute] => {
        if (attribute.type === "GRAPH") {
          return [name, { type: "GRAPH", value: new Converter(attribute.value, this.aliases, this).body() }];
        }
        const toFloat = node.op_type === "Cast" && name === "to" && attribute.value === CODES.FLOAT;
        return [name, toFloat ? { type: "INT", value: CODES[precision] } : attribute];
      }),
    );
  }

  /** The value in a precision: as it is, an initializer of that type, or a cast that is made once. */
  private read(name: string, wanted: Precision): string {
    const initializer = this.initializers.get(name);
    if (initializer) return this.constant(initializer, wanted);
    const precision = this.precisionOf(name);
    if (precision === undefined || precision === wanted) return name;
    const cast = this.aliases.of(name, wanted === "FLOAT" ? "float" : "float16");
    if (!this.casts.has(cast)) this.cast(name, cast, wanted);
    return cast;
  }

  private constant(initializer: Initializer, wanted: Precision): string {
    if (initializer.data_type === "INT64") {
      this.used.set(initializer.name, initializer);
      return initializer.name;
    }
    const name = wanted === "FLOAT" ? this.aliases.of(initializer.name, "float") : initializer.name;
    this.used.set(name, { ...initializer, name, data_type: wanted });
    return name;
  }

  /** Constants of an enclosing graph are read through it, so that they are stored there. */
  private precisionOf(name: string): Precision | undefined {
    const own = this.precisions.get(name);
    if (own !== undefined || this.enclosing === undefined) return own;
    const constant = this.enclosing.initializers.get(name);
    if (constant === undefined) return this.enclosing.precisionOf(name);
    this.enclosing.constant(constant, "FLOAT16");
    return constant.data_type === "INT64" ? undefined : "FLOAT16";
  }

  private cast(from: string, to: string, wanted: Precision): void {
    this.casts.add(to);
    this.precisions.set(to, wanted);
    const type = this.typeOf(from);
    if (type) this.infos.set(to, { name: to, type: { ...type, elem_type: wanted } });
    this.nodes.push({
      op_type: "Cast",
      name: this.aliases.of(to, "cast"),
      input: [from],
      output: [to],
      attribute: { to: { type: "INT", value: CODES[wanted] } },
    });
  }

  /** The shape that is known of a value, under any of its names; its element type may be another by now. */
  private typeOf(name: string): ValueInfo["type"] | undefined {
    return (this.infos.get(name) ?? this.declared.get(name))?.type ?? this.enclosing?.typeOf(name);
  }

  private describe(original: string, name: string): void {
    const known = this.declared.get(original);
    if (!known) return;
    const precision = this.precisions.get(name);
    const elem_type: DataType = precision ?? known.type.elem_type;
    this.infos.set(name, { name, type: { ...known.type, elem_type } });
  }

  private finish(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): OnnxGraph {
    const declared = new Set([...inputs, ...outputs].map(({ name }) => name));
    return {
      ...this.graph,
      node: this.nodes,
      initializer: [...this.used.values()],
      input: inputs,
      output: outputs,
      value_info: [...this.infos.values()].filter(({ name }) => !declared.has(name)),
    };
  }
}

/** What a node's body, that of a Scan, gives for an output of the node. */
function precisionFromBody(attribute: OnnxNode["attribute"], index: number): Precision | undefined {
  const body = Object.values(attribute).find((each) => each.type === "GRAPH");
  const type = body?.type === "GRAPH" ? body.value.output[index]?.type.elem_type : undefined;
  return type === "FLOAT" || type === "FLOAT16" ? type : undefined;
}

function halfInfo(value: ValueInfo): ValueInfo {
  return value.type.elem_type === "FLOAT" ? { ...value, type: { ...value.type, elem_type: "FLOAT16" } } : value;
}
