import { type Dim, dimText, type Shape } from "../ir/dim.js";
import type { Graph, Node } from "../ir/graph.js";
import { definition, inferShapes } from "../ir/infer.js";
import type { Provenance } from "../onnx/graph/provenance.js";
import type { GraphEmitter, Layout } from "./emitter.js";
import type { LowerSite } from "./site.js";
import { sizeSources } from "./size-source.js";
import { type Canvas, type CanvasShape, canvasOf } from "./winograd/canvas.js";
import { emitCanvasMean, emitFromCanvases, emitToCanvas } from "./winograd/convert.js";
import { repeatedValue, repeatsInStrips } from "./winograd/repeated.js";
import type { CanvasValue } from "./winograd/value.js";

/** The ONNX values that hold an IR value, by layout. */
interface Binding {
  readonly nchw?: string;
  readonly nhwc?: string;
  readonly canvas?: { readonly canvas: Canvas; readonly value: CanvasValue };
  /** Where nothing holds it yet: makes the NHWC one, of another value whose pixels are repeated. */
  readonly repeated?: Repeated & { readonly make: () => void };
}

/** A picture of which every pixel is a block of pixels. */
interface Repeated {
  /** Name of the picture. */
  readonly of: string;
  readonly scale: number;
}

const PERMUTATIONS: Readonly<Record<Layout, readonly number[]>> = { nhwc: [0, 2, 3, 1], nchw: [0, 3, 1, 2] };

/** One ONNX graph in the making: the IR graph that it computes, its emitter, and where each value is. */
export class Scope {
  readonly graph: Graph;
  readonly e: GraphEmitter;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The name under which a value's result is emitted. */
  readonly nameOf: (value: string) => string;
  private readonly enclosing: Scope | undefined;
  private readonly nodes: ReadonlyMap<string, Node>;
  private readonly bindings = new Map<string, Binding>();
  private readonly canvases = new Map<string, Canvas>();
  private sizeSources: ReturnType<typeof sizeSources> | undefined;
  /** Values in the points of a canvas's form, by canvas and name. */
  private readonly points = new Map<Canvas, Map<string, string>>();
  /** The logits behind the weights of routers, by the name of the weights. */
  private readonly logits = new Map<string, string>();

  constructor(graph: Graph, e: GraphEmitter, nameOf: (value: string) => string, enclosing?: Scope) {
    this.graph = graph;
    this.e = e;
    this.nameOf = nameOf;
    this.enclosing = enclosing;
    this.shapes = inferShapes(graph);
    this.nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  }

  bind(name: string, binding: Binding): void {
    this.bindings.set(name, { ...this.bindings.get(name), ...binding });
  }

  /** What the nodes that lead to a value are of; nothing for inputs. */
  provenanceOf(name: string): Provenance {
    const node = this.nodes.get(name);
    if (node === undefined) return {};
    return { origin: node.origin.layer, ...(definition(node).exact ? { precision: "float32" } : {}) };
  }

  /** The layout that is at hand; a canvas is channels last. */
  layoutOf(name: string): Layout {
    const binding = this.bindings.get(name);
    return binding !== undefined && binding.nchw === undefined ? "nhwc" : "nchw";
  }

  canvasOf(name: string): Canvas | undefined {
    return this.boundCanvas(name)?.canvas;
  }

  boundCanvas(name: string): Binding["canvas"] {
    return this.bindings.get(name)?.canvas;
  }

  read(name: string, layout: Layout): string {
    const constant = this.graph.constants.get(name);
    if (constant) return this.e.weight(name, constant);
    const { [layout]: ready, nhwc, canvas, repeated } = this.bindings.get(name)!;
    if (ready !== undefined) return ready;
    if (repeated && nhwc === undefined) {
      this.e.within(this.provenanceOf(name), repeated.make);
      return this.read(name, layout);
    }
    return this.e.within(this.provenanceOf(name), () => this.convert(name, layout, canvas));
  }

  /** A change of layout, which is of the value and not of who reads it. */
  private convert(name: string, layout: Layout, canvas: Binding["canvas"]): string {
    const shape = this.shapes.get(name)!;
    if (layout === "nhwc" && canvas) {
      const picture = emitFromCanvases(this.e, name, canvas.canvas, canvas.value.raw().value, shape);
      this.bind(name, { nhwc: picture });
      return picture;
    }
    const source = this.read(name, layout === "nchw" ? "nhwc" : "nchw");
    const perm = PERMUTATIONS[layout];
    const converted =
      layout === "nchw"
        ? this.e.named("Transpose", this.nameOf(name), [source], shape, { perm })
        : this.e.transpose(nhwcName(name), source, shapeIn(shape, layout), perm);
    this.bind(name, { [layout]: converted });
    return converted;
  }

  readCanvas(name: string, canvas: Canvas): CanvasValue {
    const { canvas: bound, repeated } = this.bindings.get(name) ?? {};
    if (bound?.canvas === canvas) return bound.value;
    const shape = this.shapes.get(name)!;
    const whole = (): CanvasValue => emitToCanvas(this.e, name, canvas, this.read(name, "nhwc"), shape);
    const value = repeated && repeatsInStrips(canvas, repeated.scale) ? this.repeatedOn(repeated, whole) : whole();
    this.bind(name, { canvas: { canvas, value } });
    return value;
  }

  private repeatedOn({ of, scale }: Repeated, whole: () => CanvasValue): CanvasValue {
    const shape = this.shapeOf(of, "nhwc");
    return repeatedValue(this.e, { name: of, nhwc: this.read(of, "nhwc"), shape, scale }, whole);
  }

  /** The ONNX value that holds a value in the points of the canvas's form, if a layer kept it. */
  pointsOf(name: string, canvas: Canvas): string | undefined {
    return this.points.get(canvas)?.get(name);
  }

  keepPoints(name: string, canvas: Canvas, value: string): void {
    this.points.set(canvas, new Map([...(this.points.get(canvas) ?? []), [name, value]]));
  }

  /** The canvas of a size, made once in the outermost graph, where every body can see it. */
  canvasFor(height: Dim, width: Dim, shape: CanvasShape): Canvas {
    if (this.enclosing) return this.enclosing.canvasFor(height, width, shape);
    const key = `${dimText(height)}x${dimText(width)}.${shape.form.name}.${shape.cellsPerStrip}`;
    const known = this.canvases.get(key);
    if (known) return known;
    this.sizeSources ??= sizeSources(this.graph, this.shapes);
    const sources = this.sizeSources;
    const made = canvasOf(this.e, shape, [height, width], (size) => {
      const source = sources.get(size);
      return source && { ...source, value: this.read(source.name, "nchw") };
    });
    this.canvases.set(key, made);
    return made;
  }

  shapeOf(name: string, layout: Layout): Shape {
    return shapeIn(this.shapes.get(name)!, layout);
  }

  /** @param isReadOnCanvas whether a layer on a canvas reads the result */
  site(node: Node, isReadOnCanvas = false): LowerSite {
    const { e } = this;
    const shape = this.shapes.get(node.name)!;
    return {
      e,
      name: node.name,
      inputNames: node.inputs,
      inputShapes: node.inputs.map((input) => this.shapes.get(input)!),
      shape,
      isReadOnCanvas,
      read: (index, layout = "nchw") => this.read(node.inputs[index]!, layout),
      layoutOf: (index) => this.layoutOf(node.inputs[index]!),
      shapeIn: (layout) => shapeIn(shape, layout),
      isOneHot: (index) => {
        const producer = this.nodes.get(node.inputs[index]!);
        return producer !== undefined && definition(producer).choosesOne === true;
      },
      logits: (index) => this.logits.get(node.inputs[index]!),
      keepLogits: (value) => {
        this.logits.set(node.name, value);
      },
      constant: (index) => this.graph.constants.get(node.inputs[index]!),
      mean: (index) => this.mean(node.name, node.inputs[index]!),
      result: (op, inputs, attributes = {}, layout = "nchw") => {
        const value =
          layout === "nchw"
            ? e.named(op, this.nameOf(node.name), inputs, shape, attributes)
            : e.op(op, nhwcName(node.name), inputs, shapeIn(shape, layout), attributes);
        this.bind(node.name, { [layout]: value });
      },
      bind: (value, layout = "nchw") => this.bind(node.name, { [layout]: value }),
      bindRepeated: (index, scale, make) =>
        this.bind(node.name, { repeated: { of: node.inputs[index]!, scale, make } }),
    };
  }

  private mean(router: string, input: string): string | undefined {
    const bound = this.bindings.get(input)?.canvas;
    return bound && emitCanvasMean(this.e, router, bound.canvas, bound.value, this.shapes.get(input)![1] as number);
  }
}

function nhwcName(name: string): string {
  return `${name}:nhwc`;
}

function shapeIn(shape: Shape, layout: Layout): Shape {
  return layout === "nhwc" ? PERMUTATIONS.nhwc.map((axis) => shape[axis]!) : shape;
}
