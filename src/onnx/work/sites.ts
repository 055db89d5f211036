/** The nodes of a model with the types of their values, sub-graphs and calls of functions below their nodes. */

import type { ModelProto, NodeProto } from "../graph/records.js";
import { type InferModelOptions, inferModel } from "../infer/infer-model.js";
import type { TypeInfo } from "../infer/type-info.js";
import { withKnownSizes } from "../open-sizes.js";
import type { Place } from "../place.js";
import type { Schema, SchemaRegistry } from "../schemas/registry.js";

export interface Site {
  readonly node: NodeProto;
  /** Null for calls of functions and operators that ONNX does not define. */
  readonly schema: Schema | null;
  /** By position; null where nothing is known. */
  readonly inputs: readonly (TypeInfo | null)[];
  readonly outputs: readonly (TypeInfo | null)[];
  /** The nodes of its sub-graphs, or of the function that it calls. */
  readonly inner: readonly Site[];
}

/** The nodes of the main graph, in order. */
export function sitesOf(
  model: ModelProto,
  schemas: SchemaRegistry,
  options: Pick<InferModelOptions, "estimates" | "inputs"> = {},
): readonly Site[] {
  const open: { readonly site: Site; readonly place: Place }[] = [];
  inferModel(model, schemas, {
    ...options,
    listener: {
      // A node comes after all that is inside it.
      visited: (node, place, schema, typeOf) => {
        const first = open.findLastIndex((each) => !each.place.isInside(place)) + 1;
        const inner = open.splice(first).map(({ site }) => site);
        const typesOf = (names: readonly string[]) =>
          names.map((name) => (name === "" ? null : withKnownSizes(typeOf(name))));
        const site = { node, schema, inputs: typesOf(node.input), outputs: typesOf(node.output), inner };
        open.push({ site, place });
      },
    },
  });
  return open.map(({ site }) => site);
}

/** How often the nodes inside run: the turns of a Scan or Loop, 1 for anything else, null where it is not known. */
export function turnsOf({ node, inputs, inner }: Site, trips: (name: string) => number | null): number | null {
  if (inner.length === 0 || (node.domain ?? "") !== "") return 1;
  if (node.op_type === "Loop") return trips(node.input[0] ?? "");
  if (node.op_type !== "Scan") return 1;
  const count = Number(node.attribute.find(({ name }) => name === "num_scan_inputs")?.i ?? 0);
  const axes = node.attribute.find(({ name }) => name === "scan_input_axes")?.ints.map(Number) ?? [];
  const scanned = inputs.at(inputs.length - count);
  const size = scanned?.kind === "tensor" ? scanned.shape?.at(axes[0] ?? 0) : null;
  return typeof size === "number" ? size : null;
}

/** All nodes, each before those inside it. */
export function flattened(sites: readonly Site[]): readonly Site[] {
  return sites.flatMap((site) => [site, ...flattened(site.inner)]);
}
