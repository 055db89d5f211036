/** Attributes as a comparison sees them: equal by what they hold; how they are shown is another matter. */
import type { AttributeProto, GraphProto } from "../graph/records.js";
import { canonicalText } from "./canonical.js";
import { denseWeight, sparseWeight, type Weight, weightLabel } from "./weight.js";

export interface AttributeView {
  readonly attribute: AttributeProto;
  /** Equal where type and value are, but for values of tensors and what is inside graphs. */
  readonly content: string;
  /** Whose values are compared as those of weights are. */
  readonly tensors: readonly Weight[];
  /** Which are compared node by node. */
  readonly graphs: readonly GraphProto[];
}

export type Attributes = ReadonlyMap<string, AttributeView>;

/** By name; of several with one name, which no valid model has, the later ones by their number too. */
export async function attributesOf(list: readonly AttributeProto[]): Promise<Attributes> {
  const views = new Map<string, AttributeView>();
  const repeats = new Map<string, number>();
  for (const attribute of list) {
    const { name = "" } = attribute;
    const count = (repeats.get(name) ?? 0) + 1;
    repeats.set(name, count);
    views.set(count === 1 ? name : `${name} (${count})`, await viewOf(attribute));
  }
  return views;
}

async function viewOf(attribute: AttributeProto): Promise<AttributeView> {
  const { t, tensors, sparse_tensor, sparse_tensors, g, graphs } = attribute;
  const dense = [...(t === undefined ? [] : [t]), ...tensors];
  const sparse = [...(sparse_tensor === undefined ? [] : [sparse_tensor]), ...sparse_tensors];
  const weights = [...dense.map(denseWeight), ...sparse.map(sparseWeight)];
  const rest = { ...attribute, name: undefined, t: undefined, g: undefined, sparse_tensor: undefined };
  const plain = await canonicalText("AttributeProto", { ...rest, tensors: [], graphs: [], sparse_tensors: [] });
  // Without a type, as before ONNX's IR 2, the fields that are there show it.
  const isUntyped = (attribute.type ?? 0) === 0;
  const present = isUntyped ? (["f", "i", "s"] as const).filter((name) => attribute[name] !== undefined) : [];
  const counts = [t, sparse_tensor, g].map((each) => (each === undefined ? 0 : 1));
  const shapes = [tensors.length, sparse_tensors.length, graphs.length];
  return {
    attribute,
    content: `${[...present, ...counts, ...shapes, ...weights.map(weightLabel)].join(" ")} ${plain}`,
    tensors: weights,
    graphs: g === undefined ? graphs : [g, ...graphs],
  };
}
