/** The vectors of sizes that nodes read in place of the exported ones. */
import { freshName } from "../../../base/fresh-name.js";
import * as build from "../../../onnx/graph/build.js";
import type { GraphProto, NodeProto, TensorProto } from "../../../onnx/graph/records.js";
import { allNames } from "../../../onnx/rewrite/names.js";
import { type Extent, type Extents, extentText, isOpen } from "./extent.js";
import type { SizeEdit, SizeEdits } from "./size-row.js";

interface Place {
  readonly name: string;
  readonly axis: number;
  /** The position of the node that gives the value; -1 of an input. */
  readonly giver: number;
}

/** A node that gets other inputs. */
interface Site {
  readonly node: NodeProto;
  readonly index: number;
  /** What has to be computed before it; grows. */
  readonly before: NodeProto[];
}

export class OpenedVectors {
  readonly initializers: TensorProto[] = [];
  private readonly names: Set<string>;
  /** The first value with a size. */
  private readonly places = new Map<string, Place>();
  private readonly constants = new Map<string, string>();

  constructor(graph: GraphProto, shapes: ReadonlyMap<string, Extents>) {
    this.names = allNames(graph);
    const givers = new Map(graph.node.flatMap(({ output }, index) => output.map((name) => [name, index] as const)));
    for (const [name, shape] of shapes)
      for (const [axis, size] of shape.entries()) {
        const text = extentText(size);
        if (isOpen(size) && !this.places.has(text))
          this.places.set(text, { name, axis, giver: givers.get(name) ?? -1 });
      }
  }

  /** A size that no value before a node has, nor are those whose product it is. */
  missing({ inputs = new Map() }: SizeEdits, index: number): Extent | undefined {
    const sizes = [...inputs.values()].flatMap((edit) => (Array.isArray(edit) ? edit : []));
    const isThere = (size: Extent): boolean =>
      !isOpen(size) ||
      this.placeBefore(index, size) !== undefined ||
      (size.divided !== undefined && isThere(size.divided.of));
    return sizes
      .filter((size) => typeof size !== "number")
      .find((size) => !isThere(size) && !(size.factors.length > 1 && partsOf(size).every(isThere)));
  }

  private placeBefore(index: number, size: Extent): Place | undefined {
    const place = this.places.get(extentText(size));
    return place !== undefined && place.giver < index ? place : undefined;
  }

  /** A node with what its new inputs need before it. */
  edited(
    node: NodeProto,
    index: number,
    { inputs = new Map(), attributes = new Map() }: SizeEdits,
  ): readonly NodeProto[] {
    const site = { node, index, before: [] };
    const input = [...node.input];
    for (const [position, edit] of inputs) {
      while (input.length < position) input.push("");
      input[position] = this.vector(edit, site);
    }
    while (input.at(-1) === "") input.pop();
    const attribute = node.attribute.flatMap((each) => {
      const value = attributes.get(each.name ?? "");
      if (value === undefined) return [each];
      return value === null ? [] : [build.attribute(each.name!, { ints: value })];
    });
    return [...site.before, { ...node, input, attribute }];
  }

  private vector(edit: SizeEdit, site: Site): string {
    if (edit === null) return "";
    if ("floats" in edit)
      return this.constant(`scales/${edit.floats.join("x")}`, (name) => build.floatVector(name, edit.floats));
    if (edit.every((size) => typeof size === "number")) return this.integers(edit);
    const parts = edit.map((size) => (typeof size === "number" ? this.integers([size]) : this.computed(size, site)));
    return this.step("sizes", site, "Concat", parts, 0);
  }

  private computed(size: Extent, site: Site): string {
    const place = this.placeBefore(site.index, size);
    const { divided } = size;
    if (place === undefined && divided !== undefined)
      return this.step("size", site, "Div", [this.computed(divided.of, site), this.integers([divided.by])]);
    if (place === undefined)
      return partsOf(size)
        .map((each) => (isOpen(each) ? this.computed(each, site) : this.integers([each.exported])))
        .reduce((a, b) => this.step("size", site, "Mul", [a, b]));
    const shape = this.step("shape", site, "Shape", [place.name]);
    return this.step("size", site, "Gather", [shape, this.integers([place.axis])], 0);
  }

  private step(what: string, { node, before }: Site, op: string, inputs: readonly string[], axis?: number): string {
    const output = freshName(`${node.name || node.output[0]}/${what}`, this.names);
    const attribute = axis === undefined ? [] : [build.attribute("axis", { i: axis })];
    before.push(build.node(op, inputs, [output], { name: output, attribute }));
    return output;
  }

  private integers(values: readonly number[]): string {
    return this.constant(`sizes/${values.join("x")}`, (name) => build.intTensor(name, [values.length], values));
  }

  private constant(wanted: string, make: (name: string) => TensorProto): string {
    const known = this.constants.get(wanted);
    if (known !== undefined) return known;
    const name = freshName(wanted, this.names);
    this.constants.set(wanted, name);
    this.initializers.push(make(name));
    return name;
  }
}

function partsOf({ factors }: Extent): readonly Extent[] {
  return factors.map((factor) => ({ exported: factor.exported, factors: [factor] }));
}
