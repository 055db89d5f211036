/** Attributes for people: cut where they are long, so never what equality is decided by. */
import { attributeTypeName } from "../graph/attribute-types.js";
import type { Blob } from "../graph/blob.js";
import type { AttributeProto } from "../graph/records.js";
import { showType, typeInfo } from "../infer/type-info.js";
import type { AttributeView } from "./attributes.js";
import { cut } from "./change.js";
import { denseWeight, sparseWeight, typeText } from "./weight.js";

/** What changed from one attribute to another, of which either may be absent. */
export async function attributeChange(was: AttributeView | undefined, is: AttributeView | undefined): Promise<string> {
  const texts = [await textOf(was), await textOf(is)] as const;
  if (texts[0] !== texts[1]) return `${texts[0]} became ${texts[1]}`;
  const types = [typeName(was), typeName(is)] as const;
  if (types[0] !== types[1]) return `${types[0]} ${texts[0]} became ${types[1]} ${texts[1]}`;
  return `${texts[0]} changed in a part that is not shown here`;
}

async function textOf(view: AttributeView | undefined): Promise<string> {
  return view === undefined ? "absent" : attributeText(view.attribute);
}

function typeName(view: AttributeView | undefined): string {
  const name = attributeTypeName(view?.attribute ?? { type: undefined });
  return name === "UNDEFINED" ? "untyped" : name;
}

async function attributeText(attribute: AttributeProto): Promise<string> {
  const { type, f, i, s, floats, ints, strings, g, graphs, t, tensors, tp, type_protos, ref_attr_name } = attribute;
  const { sparse_tensor, sparse_tensors } = attribute;
  if (ref_attr_name) return `the function's ${cut(ref_attr_name)}`;
  if (g !== undefined) return "graph";
  if (graphs.length > 0) return `${graphs.length} graphs`;
  if (f !== undefined) return numberText(f);
  if (i !== undefined) return String(i);
  if (s !== undefined) return bytesText(s);
  if (floats.length > 0) return listText(floats.map(numberText));
  if (ints.length > 0) return listText(ints.map(String));
  if (strings.length > 0) return stringsText(strings);
  if (t !== undefined) return `tensor ${typeText(denseWeight(t))}`;
  if (tensors.length > 0) return listText(tensors.map((each) => `tensor ${typeText(denseWeight(each))}`));
  if (sparse_tensor !== undefined) return `tensor ${typeText(sparseWeight(sparse_tensor))}`;
  if (sparse_tensors.length > 0)
    return listText(sparse_tensors.map((each) => `tensor ${typeText(sparseWeight(each))}`));
  if (tp !== undefined) return cut(showType(typeInfo(tp)));
  if (type_protos.length > 0) return listText(type_protos.map((each) => cut(showType(typeInfo(each)))));
  return EMPTY[type ?? 0] ?? "empty";
}

/** What is not written is empty, by the number of `AttributeProto.AttributeType`. */
const EMPTY: Readonly<Record<number, string>> = { 1: "0", 2: "0", 3: '""', 6: "[]", 7: "[]", 8: "[]" };

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

const MOST_ITEMS = 16;

function listText(items: readonly string[], count = items.length): string {
  const more = count > MOST_ITEMS ? `, … ${count.toLocaleString("en")} in all` : "";
  return `[${items.slice(0, MOST_ITEMS).join(", ")}${more}]`;
}

async function stringsText(strings: readonly Blob[]): Promise<string> {
  const shown: string[] = [];
  for (const each of strings.slice(0, MOST_ITEMS)) shown.push(await bytesText(each));
  return listText(shown, strings.length);
}

const MOST_BYTES = 64;

/** Text where the bytes are UTF-8, else the bytes. */
async function bytesText(blob: Blob): Promise<string> {
  const { length } = blob;
  const head = await blob.read(0, Math.min(length, MOST_BYTES));
  const more = length > MOST_BYTES ? `… (${length.toLocaleString("en")} bytes)` : "";
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    // A character that the cut goes through is no fault.
    return `${JSON.stringify(decoder.decode(head, { stream: more !== "" }))}${more}`;
  } catch {
    return `the bytes ${Array.from(head, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}${more}`;
  }
}
