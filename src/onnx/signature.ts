import { walkModel } from "./check/walk.js";
import type { GraphProto, Int64, ModelProto, TensorProto, ValueInfoProto } from "./graph/records.js";

/** A graph's input or output as it is declared; a size is at least 1, a symbol, or null where it says nothing. */
export interface DeclaredValue {
  readonly name: string;
  readonly shape: readonly (number | string | null)[] | undefined;
}

/** What callers need to know of a model to run it. */
export interface Signature {
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  /** Values that nodes of the main graph define. */
  readonly values: ReadonlySet<string>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Names of external data files, of whatever tensor of the model. */
  readonly external: ReadonlySet<string>;
}

export function signatureOf(model: ModelProto): Signature {
  const { graph } = model;
  const initializers = new Set(graph?.initializer.map((tensor) => tensor.name));
  return {
    inputs: (graph?.input ?? []).filter((input) => !initializers.has(input.name)).map(declared),
    outputs: (graph?.output ?? []).map(declared),
    values: new Set(graph?.node.flatMap((node) => node.output)),
    metadata: metadataOf(model),
    external: locationsOf(model),
  };
}

/** What a model says of itself; of several entries of one name the last. */
export function metadataOf({ metadata_props }: ModelProto): ReadonlyMap<string, string> {
  return new Map(metadata_props.map(({ key = "", value = "" }) => [key, value]));
}

/** The graph and all graphs inside its nodes. */
export function graphsIn(graph: GraphProto): readonly GraphProto[] {
  const inner = graph.node.flatMap((node) => node.attribute.flatMap(({ g }) => (g ? graphsIn(g) : [])));
  return [graph, ...inner];
}

function locationsOf(model: ModelProto): ReadonlySet<string> {
  const locations = new Set<string>();
  const add = (tensor: TensorProto | undefined): void => {
    for (const { key, value } of tensor?.external_data ?? []) if (key === "location" && value) locations.add(value);
  };
  walkModel(model, {
    tensor: add,
    sparse: ({ values, indices }) => {
      add(values);
      add(indices);
    },
  });
  return locations;
}

function declared(info: ValueInfoProto): DeclaredValue {
  const dims = info.type?.tensor_type?.shape?.dim;
  return {
    name: info.name ?? "",
    shape: dims?.map(({ dim_value, dim_param }) => (dim_value === undefined ? (dim_param ?? null) : sizeOf(dim_value))),
  };
}

/** Older converters write open sizes as -1 or 0; runtimes take them as open. */
function sizeOf(value: Int64): number | null {
  return value < 1 ? null : Number(value);
}
