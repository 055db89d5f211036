import type { Diagnostic } from "../diagnostics.js";
import { pointerOf } from "../json/parse.js";
import { nearest } from "../nearest.js";
import type { LayerSpec, ModelSpec } from "./document.js";
import * as errors from "./errors.js";

/** A name that a layer reads, and where it stands. */
interface Reference {
  readonly name: string;
  readonly pointer: string;
}

/** The values that a layer reads, in the order of its fields. */
export function referencesOf(layer: LayerSpec, index: number): readonly Reference[] {
  const at = (path: readonly (string | number)[]): string => pointerOf(["layers", index, ...path]);
  const read = typeof layer.in === "string" ? [{ name: layer.in, pointer: at(["in"]) }] : layer.in.map((name, i) => ({ name, pointer: at(["in", i]) }));
  const named = (field: string, value: unknown): readonly Reference[] => (typeof value === "string" ? [{ name: value, pointer: at([field]) }] : []);
  switch (layer.op) {
    case "mix_conv":
      return [...read, ...named("beta", layer.beta), ...(layer.factors ?? []).map((factor, i) => ({ name: factor.beta, pointer: at(["factors", i, "beta"]) }))];
    case "sparse_block":
      return [...read, ...named("beta", layer.beta), ...named("beta2", layer.beta2)];
    case "channel_scale":
      return [...read, ...named("by", layer.by)];
    default:
      return read;
  }
}

/** Unique names, references that lead somewhere, no circles, layers in order, outputs that exist. */
export function checkReferences(spec: ModelSpec): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const defined = new Map<string, { readonly pointer: string; readonly index: number }>();
  const define = (name: string, pointer: string, index: number): void => {
    const first = defined.get(name);
    if (first) found.push(errors.duplicateName(name, `${pointer}/name`, first.pointer));
    else defined.set(name, { pointer, index });
  };
  spec.inputs.forEach((input, index) => {
    define(input.name, pointerOf(["inputs", index]), -1);
  });
  spec.layers.forEach((layer, index) => {
    define(layer.name, pointerOf(["layers", index]), index);
  });
  spec.layers.forEach((layer, index) => {
    for (const { name, pointer } of referencesOf(layer, index)) {
      const target = defined.get(name);
      if (!target) found.push(errors.dangling(name, pointer, nearest(name, defined.keys())));
      else if (target.index >= index) {
        const circle = circleThrough(spec, layer.name, name);
        found.push(circle ? errors.cycle(circle, pointer) : errors.definedLater(name, pointer));
      }
    }
  });
  const outputs = new Set<string>();
  spec.outputs.forEach((name, index) => {
    const pointer = pointerOf(["outputs", index]);
    if (!defined.has(name)) found.push(errors.dangling(name, pointer, nearest(name, defined.keys())));
    if (outputs.has(name)) found.push(errors.duplicateOutput(name, pointer));
    outputs.add(name);
  });
  return found;
}

/** The circle that a layer closes by reading `first`, if `first` reads the layer in turn. */
function circleThrough(spec: ModelSpec, layer: string, first: string): readonly string[] | undefined {
  const reads = new Map(spec.layers.map((each, index) => [each.name, referencesOf(each, index).map(({ name }) => name)]));
  const paths: (readonly string[])[] = [[layer, first]];
  const seen = new Set<string>();
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    const last = path.at(-1)!;
    if (last === layer) return path;
    if (seen.has(last)) continue;
    seen.add(last);
    for (const next of reads.get(last) ?? []) paths.push([...path, next]);
  }
  return undefined;
}
