import type { Diagnostic } from "../../base/diagnostics.js";
import { pointerOf } from "../../base/json/parse.js";
import { nearest } from "../../base/nearest.js";
import { Circles } from "./circles.js";
import * as errors from "./errors.js";

/** A name that a layer reads, and where it stands. */
interface Reference {
  readonly name: string;
  readonly pointer: string;
}

/** A document's names, which can be read even where the rest of it is broken: what is no name is undefined. */
export interface Outline {
  readonly inputs: readonly (string | undefined)[];
  readonly layers: readonly OutlineLayer[];
  readonly outputs: readonly (string | undefined)[];
}

interface OutlineLayer {
  readonly name: string | undefined;
  readonly reads: readonly Reference[];
}

/** The fields that name values, whatever the kind of layer. */
const REFERENCE_FIELDS = ["in", "beta", "beta2", "by"] as const;

type Fields = { readonly [Field in string]?: unknown };

/** The values that a layer reads, in the order of its fields. */
export function referencesOf(layer: object, index: number): readonly Reference[] {
  const fields = layer as Fields;
  const names = (value: unknown, path: readonly (string | number)[]): readonly Reference[] => {
    if (typeof value === "string") return [{ name: value, pointer: pointerOf(["layers", index, ...path]) }];
    return listOf(value).flatMap((item, i) => (typeof item === "string" ? names(item, [...path, i]) : []));
  };
  return [
    ...REFERENCE_FIELDS.flatMap((field) => names(fields[field], [field])),
    ...listOf(fields.factors).flatMap((factor, i) => names(fieldsOf(factor).beta, ["factors", i, "beta"])),
  ];
}

/** The names of a document, sound or not. */
export function outlineOf(document: unknown): Outline {
  const { inputs, layers, outputs } = fieldsOf(document);
  const nameOf = (part: unknown): string | undefined => textOf(fieldsOf(part).name);
  return {
    inputs: listOf(inputs).map(nameOf),
    layers: listOf(layers).map((layer, index) => ({
      name: nameOf(layer),
      reads: referencesOf(fieldsOf(layer), index),
    })),
    outputs: listOf(outputs).map(textOf),
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Unique names, references that lead somewhere, no circles, layers in order, outputs that exist: what is not so. */
export function* checkReferences({ inputs, layers, outputs }: Outline): Generator<Diagnostic> {
  const defined = new Map<string, { readonly pointer: string; readonly index: number }>();
  const parts = [
    ...inputs.map((name, i) => ({ name, pointer: pointerOf(["inputs", i]), index: -1 })),
    ...layers.map(({ name }, index) => ({ name, pointer: pointerOf(["layers", index]), index })),
  ];
  for (const { name, pointer, index } of parts) {
    if (name === undefined) continue;
    const first = defined.get(name);
    if (first) yield errors.duplicateName(name, `${pointer}/name`, first.pointer);
    else defined.set(name, { pointer, index });
  }
  const circles = new Circles(
    new Map(layers.map(({ name, reads }) => [name ?? "", reads.map((reference) => reference.name)])),
  );
  for (const [index, layer] of layers.entries()) {
    for (const { name, pointer } of layer.reads) {
      const target = defined.get(name);
      if (!target) yield errors.dangling(name, pointer, nearest(name, defined.keys()));
      else if (target.index >= index) {
        const circle = circles.through(layer.name, name);
        if (circle === undefined) yield errors.definedLater(name, pointer);
        else if (circle !== "reported") yield errors.cycle(circle, pointer);
      }
    }
  }
  const listed = new Set<string>();
  for (const [index, name] of outputs.entries()) {
    if (name === undefined) continue;
    const pointer = pointerOf(["outputs", index]);
    if (!defined.has(name)) yield errors.dangling(name, pointer, nearest(name, defined.keys()));
    if (listed.has(name)) yield errors.duplicateOutput(name, pointer);
    listed.add(name);
  }
}
