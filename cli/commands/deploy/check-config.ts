/** Whether a configuration and a graph belong together. */
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import { otherThanGraph } from "./errors.js";
import type { GraphTensor, GraphTensors } from "./graph-tensors.js";
import type { ConfigTensor } from "./model-config.js";

/** Where a configuration was read. */
export interface ConfigPlace {
  readonly file: string;
  /** The line of a tensor by its name, or of the first field of a name. */
  readonly lineOf?: ((name: string) => number | undefined) | undefined;
}

/** What people wrote may leave out what smxc writes. */
type SaidTensor = Omit<ConfigTensor, "data_type"> & { readonly data_type?: string };

export interface ComparedConfig {
  readonly max_batch_size: number;
  readonly input: readonly SaidTensor[];
  readonly output: readonly SaidTensor[];
}

/** Everything in which names, types and sizes differ. */
export function differencesOf(
  config: ComparedConfig,
  { inputs, outputs }: GraphTensors,
  { file, lineOf }: ConfigPlace,
): readonly Diagnostic[] {
  const joins = config.max_batch_size > 0;
  const place = { file, lineOf };
  return [
    ...sideDifferences(config.input, inputs, "input", joins, place),
    ...sideDifferences(config.output, outputs, "output", joins, place),
  ];
}

function sideDifferences(
  said: readonly SaidTensor[],
  tensors: readonly GraphTensor[],
  what: "input" | "output",
  joins: boolean,
  { file, lineOf }: ConfigPlace,
): readonly Diagnostic[] {
  const differs = (name: string, said: string, is: string) => otherThanGraph(file, name, said, is, lineOf?.(name));
  const byName = new Map(said.map((tensor) => [tensor.name, tensor]));
  const found: Diagnostic[] = [];
  for (const { name, type, shape } of tensors) {
    const tensor = byName.get(name);
    byName.delete(name);
    if (tensor === undefined) {
      found.push(differs(name, "nothing", `an ${what} of that name`));
      continue;
    }
    if (tensor.data_type !== type) found.push(differs(name, tensor.data_type ?? "no type", type));
    const dims = joins ? shape.slice(1) : shape;
    if (joins && typeof shape[0] === "number") found.push(differs(name, "that it is joined", `a batch of ${shape[0]}`));
    if (tensor.dims.length !== dims.length || tensor.dims.some((dim, at) => !isSame(dim, dims[at])))
      found.push(differs(name, `[${tensor.dims.join(", ")}]`, `[${dims.map((dim) => dim ?? "?").join(", ")}]`));
  }
  for (const name of byName.keys()) found.push(differs(name, `that it is an ${what}`, "none of that name"));
  return found;
}

/** A number is allowed where the graph has a dynamic size; the server then accepts only that size. */
function isSame(said: number, dim: GraphTensor["shape"][number] | undefined): boolean {
  return typeof dim === "number" ? said === dim : said === -1 || said > 0;
}
