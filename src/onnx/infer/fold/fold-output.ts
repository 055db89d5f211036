/**
 * Sizes, and other small tensors, followed from Shape through the operators with which exporters compute them. Floats are
 * rounded to 32 bits only where they are cast.
 */
import type { AttributeProto, NodeProto } from "../../graph/records.js";
import { productOf } from "../arithmetic.js";
import { constantOf } from "../constant.js";
import { InferenceFault } from "../fault.js";
import { SmallValue } from "../small-value.js";
import type { Shape, TypeInfo } from "../type-info.js";
import type { FoldAttributes } from "./operator-fold.js";
import { OPERATOR_FOLDS } from "./operators.js";
import { countOf, type SmallTensor } from "./small-tensor.js";

export interface FoldSource {
  type(name: string): TypeInfo | null;
  /** Null where nothing is known of the elements. */
  tensor(name: string): SmallTensor | null;
}

const INT64 = 7;

/** Results that a node's inputs may be as large as, together: a file may name an input a million times. */
const MOST_READ = 4;

/** The node's first output; null where it is not known, or has more elements than `most`. */
export function foldOutput(node: NodeProto, source: FoldSource, most: number): SmallTensor | null {
  try {
    const tensor = folded(node, source, most);
    return tensor !== null && tensor.data.length <= most ? tensor : null;
  } catch (e) {
    if (e instanceof InferenceFault) return null;
    throw e;
  }
}

function folded(node: NodeProto, source: FoldSource, most: number): SmallTensor | null {
  const operator = node.op_type ?? "";
  const type = source.type(node.output[0] ?? "");
  if (node.domain || type?.kind !== "tensor") return null;
  if (operator === "Shape" || operator === "Size") return sizesOf(node, source.type(node.input[0] ?? ""));
  const fold = OPERATOR_FOLDS.get(operator);
  const dims = numbersOnly(type.shape);
  if (fold === undefined || (dims !== null && countOf(dims) > most)) return null;
  const inputs: (SmallTensor | null)[] = [];
  let room = MOST_READ * most;
  for (const name of node.input) {
    const tensor = name === "" ? null : source.tensor(name);
    room -= Math.max(1, tensor?.data.length ?? 0);
    if ((tensor === null && name !== "") || room < 0) return null;
    inputs.push(tensor);
  }
  return fold({ inputs, attributes: attributesOf(node), dataType: type.elem, dims, most });
}

function numbersOnly(shape: Shape | null): readonly number[] | null {
  return shape?.every((dim) => typeof dim === "number") ? shape : null;
}

function attributesOf(node: NodeProto): FoldAttributes {
  const attribute = (name: string): AttributeProto | undefined => node.attribute.find((each) => each.name === name);
  return {
    int: (name) => {
      const given = attribute(name);
      return given === undefined ? undefined : Number(given.i ?? 0);
    },
    ints: (name) => attribute(name)?.ints.map(Number),
    element: (name, otherwise) => {
      const tensor = attribute(name)?.t;
      return tensor === undefined ? otherwise : (SmallValue.from(constantOf(tensor))?.data[0] ?? null);
    },
  };
}

function sizesOf(node: NodeProto, type: TypeInfo | null): SmallTensor | null {
  if (type?.kind !== "tensor" || type.shape === null) return null;
  if (node.op_type === "Size") return { dataType: INT64, dims: [], data: [productOf(type.shape)] };
  const rank = type.shape.length;
  const { int } = attributesOf(node);
  const at = (index: number) => Math.min(Math.max(index < 0 ? index + rank : index, 0), rank);
  const data = type.shape.slice(at(int("start") ?? 0), at(int("end") ?? rank));
  return { dataType: INT64, dims: [data.length], data };
}
