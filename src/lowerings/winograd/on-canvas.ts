/** Operators that run on a canvas as they are. */
import type { Shape } from "../../ir/dim.js";
import type { Node } from "../../ir/graph.js";
import { definition } from "../../ir/infer.js";
import type { ActivationName } from "../../ir/ops/activations.js";
import type { OpAttributes, OpName } from "../../ir/ops/index.js";
import { type ActivationSite, emitActivation } from "../activations.js";

/** Where a value is emitted on a canvas. */
type CanvasSite = ActivationSite;

interface OnCanvas<Attributes> {
  /** Absent: with all attributes. */
  takes?(attributes: Attributes): boolean;
  emit(attributes: Attributes, inputs: readonly string[], site: CanvasSite): void;
}

/** Activations that are no slower on a canvas, with its margin, than on the picture. */
const ACTIVATIONS: ReadonlySet<ActivationName> = new Set(["relu", "leaky_relu"]);

const EMITTERS: { readonly [Op in OpName]?: OnCanvas<OpAttributes[Op]> } = {
  activation: {
    takes: ({ fn }) => ACTIVATIONS.has(fn),
    emit: (attributes, [x], site) => emitActivation(attributes, x!, site),
  },
  add: { emit: (_, inputs, site) => site.result("Add", inputs) },
};

function rowOf(node: Node): OnCanvas<Node["attributes"]> | undefined {
  return EMITTERS[node.op] as OnCanvas<Node["attributes"]> | undefined;
}

/**
 * Whether a node can run on a canvas when all that it reads is there: it keeps the zeros around the picture, which the
 * next convolution pads with.
 */
export function runsOnCanvas(node: Node, shapes: ReadonlyMap<string, Shape>): boolean {
  const row = rowOf(node);
  if (row === undefined || !(row.takes?.(node.attributes) ?? true)) return false;
  if (!definition(node).keepsZeros?.(node.attributes)) return false;
  const channels = shapes.get(node.name)![1];
  return node.inputs.every((input) => {
    const shape = shapes.get(input)!;
    return shape.length === 4 && shape[1] === channels;
  });
}

/** Emits a node of which `runsOnCanvas` holds. */
export function emitOnCanvas(node: Node, inputs: readonly string[], site: CanvasSite): void {
  rowOf(node)!.emit(node.attributes, inputs, site);
}
