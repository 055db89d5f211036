import type { GraphProto, ModelProto, ValueInfoProto } from "./proto/records.js";

/** A graph's input or output as it is declared; a size is a number, a symbol, or null where it says nothing. */
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
  /** Names of external data files, those of the graphs inside it too. */
  readonly external: ReadonlySet<string>;
}

export function signatureOf(model: ModelProto): Signature {
  const { graph } = model;
  const initializers = new Set(graph?.initializer.map((tensor) => tensor.name));
  return {
    inputs: (graph?.input ?? []).filter((input) => !initializers.has(input.name)).map(declared),
    outputs: (graph?.output ?? []).map(declared),
    values: new Set(graph?.node.flatMap((node) => node.output)),
    metadata: new Map(model.metadata_props.map(({ key, value }) => [key ?? "", value ?? ""])),
    external: new Set(graph ? graphsIn(graph).flatMap(locationsIn) : []),
  };
}

/** The graph and all graphs inside its nodes. */
export function graphsIn(graph: GraphProto): readonly GraphProto[] {
  const inner = graph.node.flatMap((node) => node.attribute.flatMap(({ g }) => (g ? graphsIn(g) : [])));
  return [graph, ...inner];
}

function locationsIn({ initializer }: GraphProto): readonly string[] {
  return initializer.flatMap((tensor) =>
    tensor.external_data.flatMap(({ key, value }) => (key === "location" && value ? [value] : [])),
  );
}

function declared(info: ValueInfoProto): DeclaredValue {
  const dims = info.type?.tensor_type?.shape?.dim;
  return {
    name: info.name ?? "",
    shape: dims?.map((dim) => (dim.dim_value !== undefined ? Number(dim.dim_value) : (dim.dim_param ?? null))),
  };
}
