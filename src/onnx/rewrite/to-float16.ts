/**
 * A graph in half precision: weights and feature maps become FLOAT16, the interface stays FLOAT. Nodes whose precision
 * is float32 keep FLOAT, with casts around them. A weight beyond half precision's range is an error when the file is written.
 */
import { freshName } from "../../base/fresh-name.js";
import { attribute, floatTensor, node } from "../graph/build.js";
import { elementCode } from "../graph/element-types.js";
import type { EmittedNode } from "../graph/provenance.js";
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from "../graph/records.js";
import { floatsOf } from "../read/floats-of.js";

const CODES = { FLOAT: elementCode("FLOAT"), FLOAT16: elementCode("FLOAT16") } as const;
type Precision = keyof typeof CODES;

/** Inputs that ONNX wants as FLOAT whatever the others are. */
const FLOAT_INPUTS: ReadonlyMap<string, ReadonlySet<number>> = new Map([["Resize", new Set([1, 2])]]);

/** @param graph a model's main graph, which holds its weights itself */
export function toFloat16(graph: GraphProto): GraphProto {
  return new Converter(graph, new Aliases(graph), undefined).main();
}

/** Names of values that stand beside those of the model. */
class Aliases {
  private readonly taken: Set<string>;
  private readonly known = new Map<string, string>();

  constructor(graph: GraphProto) {
    this.taken = new Set(namesIn(graph));
  }

  /** The same for the same name and suffix, and nobody else's. */
  of(name: string, suffix: string): string {
    const wanted = `${name}:${suffix}`;
    const known = this.known.get(wanted);
    if (known !== undefined) return known;
    const alias = freshName(wanted, this.taken);
    this.known.set(wanted, alias);
    return alias;
  }
}

function namesIn(graph: GraphProto): readonly string[] {
  const inner = graph.node.flatMap(({ name = "", output, attribute }) => [
    name,
    ...output,
    ...attribute.flatMap(({ g }) => (g ? namesIn(g) : [])),
  ]);
  return [...[...graph.input, ...graph.initializer].map(({ name = "" }) => name), ...inner];
}

/** One graph in the making. Values that are not floating-point have no precision and stay as they are. */
class Converter {
  private readonly graph: GraphProto;
  private readonly aliases: Aliases;
  private readonly enclosing: Converter | undefined;
  private readonly initializers: ReadonlyMap<string, TensorProto>;
  /** Precision of the values so far, initializers left out. */
  private readonly precisions = new Map<string, Precision>();
  private readonly nodes: NodeProto[] = [];
  private readonly used = new Map<string, TensorProto>();
  private readonly infos = new Map<string, ValueInfoProto>();
  private readonly casts = new Set<string>();
  /** What the graph said of its values. */
  private readonly declared: ReadonlyMap<string, ValueInfoProto>;

  constructor(graph: GraphProto, aliases: Aliases, enclosing: Converter | undefined) {
    this.graph = graph;
    this.aliases = aliases;
    this.enclosing = enclosing;
    this.initializers = new Map(graph.initializer.map((each) => [each.name ?? "", each]));
    this.declared = new Map(
      [...graph.input, ...graph.value_info, ...graph.output].map((value) => [value.name ?? "", value]),
    );
  }

  /** The whole model's graph: inputs and outputs stay FLOAT. */
  main(): GraphProto {
    this.precisionOfInputs("FLOAT");
    const shown = new Map(this.graph.output.map(({ name = "" }) => [name, this.aliases.of(name, "half")]));
    this.convertNodes((output) => shown.get(output) ?? output);
    for (const [name, half] of shown) if (this.precisions.get(half) === "FLOAT16") this.cast(half, name, "FLOAT");
    return this.finish(this.graph.input, this.graph.output);
  }

  /** A body, whose floating-point inputs are half precision, and its outputs what their nodes are. */
  body(): GraphProto {
    this.precisionOfInputs("FLOAT16");
    this.convertNodes((output) => output);
    const outputs = this.graph.output.map((output) => {
      const { name = "" } = output;
      if (!isFloat(output) || this.precisions.get(name) === "FLOAT") return output;
      return { ...halfInfo(output), name: this.read(name, "FLOAT16") };
    });
    return this.finish(this.graph.input.map(halfInfo), outputs);
  }

  private precisionOfInputs(precision: Precision): void {
    for (const input of this.graph.input) if (isFloat(input)) this.precisions.set(input.name ?? "", precision);
  }

  /** @param rename what half-precision results are called */
  private convertNodes(rename: (output: string) => string): void {
    const renamed = new Map<string, string>();
    const nodes: readonly EmittedNode[] = this.graph.node;
    for (const node of nodes) {
      const hasBody = node.attribute.some(({ g }) => g !== undefined);
      const precision: Precision = node.precision === "float32" && !hasBody ? "FLOAT" : "FLOAT16";
      const input = node.input.map((name, index) => {
        const wanted = FLOAT_INPUTS.get(node.op_type ?? "")?.has(index) ? "FLOAT" : precision;
        return this.read(renamed.get(name) ?? name, wanted);
      });
      const attribute = this.attributes(node, precision);
      const output = node.output.map((name, index) => {
        if (!isFloat(this.declared.get(name))) return name;
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

  private attributes({ op_type, attribute: list }: NodeProto, precision: Precision): readonly AttributeProto[] {
    return list.map((each) => {
      if (each.g !== undefined) return { ...each, g: new Converter(each.g, this.aliases, this).body() };
      const toFloat = op_type === "Cast" && each.name === "to" && each.i === CODES.FLOAT;
      return toFloat ? { ...each, i: CODES[precision] } : each;
    });
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

  private constant(initializer: TensorProto, wanted: Precision): string {
    const { name: own = "" } = initializer;
    const values = floatsOf(initializer);
    if (values === null) {
      this.used.set(own, initializer);
      return own;
    }
    const name = wanted === "FLOAT" ? this.aliases.of(own, "float") : own;
    this.used.set(name, floatTensor(name, wanted, values));
    return name;
  }

  /** Constants of an enclosing graph are read through it, so that they are stored there. */
  private precisionOf(name: string): Precision | undefined {
    const own = this.precisions.get(name);
    if (own !== undefined || this.enclosing === undefined) return own;
    const constant = this.enclosing.initializers.get(name);
    if (constant === undefined) return this.enclosing.precisionOf(name);
    this.enclosing.constant(constant, "FLOAT16");
    return floatsOf(constant) === null ? undefined : "FLOAT16";
  }

  private cast(from: string, to: string, wanted: Precision): void {
    this.casts.add(to);
    this.precisions.set(to, wanted);
    const info = this.infoOf(from);
    if (info) this.infos.set(to, withPrecision({ ...info, name: to }, wanted));
    const fields = { name: this.aliases.of(to, "cast"), attribute: [attribute("to", { i: CODES[wanted] })] };
    this.nodes.push(node("Cast", [from], [to], fields));
  }

  /** The shape that is known of a value, under any of its names; its element type may be another by now. */
  private infoOf(name: string): ValueInfoProto | undefined {
    return this.infos.get(name) ?? this.declared.get(name) ?? this.enclosing?.infoOf(name);
  }

  private describe(original: string, name: string): void {
    const known = this.declared.get(original);
    if (!known) return;
    const precision = this.precisions.get(name);
    const info = { ...known, name };
    this.infos.set(name, precision === undefined ? info : withPrecision(info, precision));
  }

  private finish(inputs: readonly ValueInfoProto[], outputs: readonly ValueInfoProto[]): GraphProto {
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
function precisionFromBody(attributes: readonly AttributeProto[], index: number): Precision | undefined {
  const type = elementTypeOf(attributes.find(({ g }) => g !== undefined)?.g?.output[index]);
  return type === CODES.FLOAT ? "FLOAT" : type === CODES.FLOAT16 ? "FLOAT16" : undefined;
}

function halfInfo(value: ValueInfoProto): ValueInfoProto {
  return isFloat(value) ? withPrecision(value, "FLOAT16") : value;
}

function elementTypeOf(value: ValueInfoProto | undefined): number | undefined {
  return value?.type?.tensor_type?.elem_type;
}

function isFloat(value: ValueInfoProto | undefined): boolean {
  return elementTypeOf(value) === CODES.FLOAT;
}

function withPrecision(value: ValueInfoProto, precision: Precision): ValueInfoProto {
  const tensor_type = value.type?.tensor_type;
  if (tensor_type === undefined) return value;
  return { ...value, type: { ...value.type!, tensor_type: { ...tensor_type, elem_type: CODES[precision] } } };
}
