import type { Blob } from "../graph/blob.js";
import type { AttributeProto, NodeProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import { isWord, meantWord, type Vocabulary, vocabulariesOf, wordsOf } from "../schemas/attribute-words.js";
import type { Schema } from "../schemas/registry.js";
import type { Report } from "./context.js";

export function checkWords(node: NodeProto, schema: Schema, place: Place, report: Report): void {
  for (const { attribute, vocabulary } of wordAttributes(node, schema)) {
    const words = wordsOf(vocabulary, schema.sinceVersion);
    const strange = textsOf(attribute).find((text) => text === null || !isWord(text, words, vocabulary.ignoresCase));
    if (strange === undefined) continue;
    const known = `${schema.name} (since opset ${schema.sinceVersion}) allows ${words.join(", ")}`;
    const meant = strange === null ? undefined : meantWord(strange, words);
    const message = `is ${strange === null ? "a long text" : quoted(strange)}; ${known}`;
    report(
      "onnx/strict-word",
      place.named("attribute", vocabulary.attribute),
      meant === undefined ? message : `${message}: did you mean ${quoted(meant)}?`,
    );
  }
}

/** The attributes of a node that take one of a few words, where they are given and not a caller's. */
export function wordAttributes(
  node: NodeProto,
  schema: Schema,
): readonly { readonly attribute: AttributeProto; readonly vocabulary: Vocabulary }[] {
  return vocabulariesOf(schema).flatMap((vocabulary) => {
    const attribute = node.attribute.find(({ name }) => name === vocabulary.attribute);
    return attribute === undefined || attribute.ref_attr_name ? [] : [{ attribute, vocabulary }];
  });
}

/** The words of an attribute; null for a text that is too long for one. */
export function textsOf({ s, strings }: AttributeProto): readonly (string | null)[] {
  return (s === undefined ? strings : [s, ...strings]).map(textOf);
}

const decoder = new TextDecoder();

function textOf({ bytes }: Blob): string | null {
  return bytes === null ? null : decoder.decode(bytes);
}
