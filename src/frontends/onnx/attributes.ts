/** What a node's attributes hold, with ONNX's defaults. */
import type { AttributeProto, NodeProto } from "../../onnx/graph/records.js";
import { NotRead } from "./reading.js";

/** An attribute of a function's body may stand for one of whoever calls the function. */
function attribute(node: NodeProto, name: string): AttributeProto | undefined {
  const found = node.attribute.find((each) => each.name === name);
  if (found?.ref_attr_name) throw new NotRead(`its attribute ${name} is a parameter of the function around it`);
  return found;
}

export function hasAttribute(node: NodeProto, name: string): boolean {
  return attribute(node, name) !== undefined;
}

/** Writers of proto3 leave out zeros. */
export function intOf(node: NodeProto, name: string, otherwise: number): number {
  const found = attribute(node, name);
  return found === undefined ? otherwise : Number(found.i ?? 0);
}

export function floatOf(node: NodeProto, name: string, otherwise: number): number {
  const found = attribute(node, name);
  return found === undefined ? otherwise : (found.f ?? 0);
}

export function textOf(node: NodeProto, name: string, otherwise: string): string {
  const found = attribute(node, name);
  if (found === undefined) return otherwise;
  const bytes = found.s === undefined ? new Uint8Array() : found.s.bytes;
  if (bytes === null) throw new NotRead(`its attribute ${name} is not text`);
  return new TextDecoder().decode(bytes);
}

export function intsOf(node: NodeProto, name: string): readonly number[] | undefined {
  return attribute(node, name)?.ints.map(Number);
}

export function floatsOf(node: NodeProto, name: string): readonly number[] | undefined {
  return attribute(node, name)?.floats;
}
