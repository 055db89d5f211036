/** Operators that run on a canvas as they are. */
import { type Shape, sameDim } from "../../ir/dim.js";
import type { Node } from "../../ir/graph.js";
import { definition } from "../../ir/infer.js";
import type { OpAttributes, OpName } from "../../ir/ops/index.js";
import { type ActivationSite, emitActivation, slopeParts } from "../activations.js";
import { CHANNEL_AXIS } from "./value.js";

/** Where a value is emitted on a canvas, and what the operator reads besides feature maps. */
interface CanvasSite extends ActivationSite {
  /** Inputs that are no feature maps, as they are. */
  readonly sides: readonly Side[];
}

interface Side {
  readonly value: string;
  readonly shape: Shape;
}

interface OnCanvas<Attributes> {
  /** Whether the result has other channels than what it is made of. */
  readonly changesChannels?: true;
  /** Whether such inputs besides feature maps can be taken; absent: none. */
  takesSides?(sides: readonly Shape[], channels: number): boolean;
  /** @param maps the feature maps among the inputs, on the canvas, in their order */
  emit(attributes: Attributes, maps: readonly string[], site: CanvasSite): void;
}

const EMITTERS: { readonly [Op in OpName]?: OnCanvas<OpAttributes[Op]> } = {
  activation: { emit: (attributes, [x], site) => emitActivation(attributes, x!, site) },
  add: { emit: (_, maps, site) => site.result("Add", maps) },
  affine: { emit: ({ scale }, [x], site) => site.result("Mul", [x!, site.e.floats([scale], [])]) },
  channel_scale: {
    takesSides: ([weights], channels) => weights!.at(-1) === channels || weights!.at(-1) === 1,
    emit: (_, [x], site) => site.result("Mul", [x!, site.sides[0]!.value]),
  },
  concat: { changesChannels: true, emit: (_, maps, site) => site.result("Concat", maps, { axis: CHANNEL_AXIS }) },
  mul: {
    takesSides: (sides, channels) => sides.length < 2 && sides.every((side) => isGate(side, channels)),
    emit: (_, maps, site) => site.result("Mul", [...maps, ...site.sides.map((side) => emitGate(side, site))]),
  },
  prelu: {
    takesSides: () => true,
    emit: (_, [x], { e, name, shape, sides, result }) => result("Add", slopeParts(e, name, x!, sides[0]!.value, shape)),
  },
  slice_channels: {
    changesChannels: true,
    emit: ({ start, end }, [x], { e, result }) =>
      result("Slice", [x!, e.ints([start]), e.ints([end]), e.ints([CHANNEL_AXIS])]),
  },
};

/** A weight for each channel, or one for all: [1,C,1,1]. */
function isGate(shape: Shape, channels: number): boolean {
  const [batch, own, ...size] = shape;
  return shape.length === 4 && batch === 1 && (own === channels || own === 1) && size.every((dim) => dim === 1);
}

function emitGate({ value, shape }: Side, { e, name }: CanvasSite): string {
  const row = [shape[1]!];
  return e.reshape(`${name}/gate`, value, shape, row);
}

function rowOf(node: Node): OnCanvas<Node["attributes"]> | undefined {
  return EMITTERS[node.op] as OnCanvas<Node["attributes"]> | undefined;
}

/** The inputs of a node that are feature maps of the size of its result. */
export function mapsOf(node: Node, shapes: ReadonlyMap<string, Shape>): readonly string[] {
  const [, , ...size] = shapes.get(node.name)!;
  return node.inputs.filter((input) => {
    const [, , ...own] = shapes.get(input)!;
    return own.length === 2 && own.every((dim, axis) => sameDim(dim, size[axis]!));
  });
}

/**
 * Whether a node can run on a canvas when all feature maps that it reads are there: it keeps the zeros around the picture,
 * which the next convolution pads with.
 */
export function runsOnCanvas(node: Node, shapes: ReadonlyMap<string, Shape>): boolean {
  const row = rowOf(node);
  if (row === undefined || !definition(node).keepsZeros?.(node.attributes)) return false;
  const [batch, channels, ...size] = shapes.get(node.name)!;
  if (batch !== 1 || size.length !== 2) return false;
  const maps = mapsOf(node, shapes);
  if (maps.length === 0) return false;
  if (row.changesChannels === undefined && maps.some((map) => shapes.get(map)![1] !== channels)) return false;
  const sides = sidesOf(node, shapes).map((side) => shapes.get(side)!);
  return sides.length === 0 || row.takesSides?.(sides, channels as number) === true;
}

function sidesOf(node: Node, shapes: ReadonlyMap<string, Shape>): readonly string[] {
  const maps = mapsOf(node, shapes);
  return node.inputs.filter((input) => !maps.includes(input));
}

/** How a node's inputs are read. */
interface CanvasReader {
  onCanvas(value: string): string;
  beside(value: string): string;
}

/** Emits a node of which `runsOnCanvas` holds. */
export function emitOnCanvas(
  node: Node,
  shapes: ReadonlyMap<string, Shape>,
  read: CanvasReader,
  site: ActivationSite,
): void {
  const maps = mapsOf(node, shapes).map(read.onCanvas);
  const sides = sidesOf(node, shapes).map((side) => ({ value: read.beside(side), shape: shapes.get(side)! }));
  rowOf(node)!.emit(node.attributes, maps, { ...site, sides });
}
