/** Whether a configuration and a graph are of one another. */
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import { otherThanGraph } from "./errors.js";
import type { GraphTensor, GraphTensors } from "./graph-tensors.js";
import type { ConfigTensor, ModelConfig } from "./model-config.js";

/** Everything in which names, types and sizes differ. */
export function differencesOf(
  config: ModelConfig,
  { inputs, outputs }: GraphTensors,
  file: string,
): readonly Diagnostic[] {
  const joins = config.max_batch_size > 0;
  return [
    ...sideDifferences(config.input, inputs, "input", joins, file),
    ...sideDifferences(config.output, outputs, "output", joins, file),
  ];
}

function sideDifferences(
  said: readonly ConfigTensor[],
  tensors: readonly GraphTensor[],
  what: "input" | "output",
  joins: boolean,
  file: string,
): readonly Diagnostic[] {
  const byName = new Map(said.map((tensor) => [tensor.name, tensor]));
  const found: Diagnostic[] = [];
  for (const { name, type, shape } of tensors) {
    const tensor = byName.get(name);
    byName.delete(name);
    if (tensor === undefined) {
      found.push(otherThanGraph(file, name, "nothing", `an ${what} of that name`));
      continue;
    }
    if (tensor.data_type !== type) found.push(otherThanGraph(file, name, tensor.data_type, type));
    const dims = joins ? shape.slice(1) : shape;
    if (joins && typeof shape[0] === "number")
      found.push(otherThanGraph(file, name, "that it is joined", `a batch of ${shape[0]}`));
    if (tensor.dims.length !== dims.length || tensor.dims.some((dim, at) => !isSame(dim, dims[at])))
      found.push(
        otherThanGraph(file, name, `[${tensor.dims.join(", ")}]`, `[${dims.map((dim) => dim ?? "?").join(", ")}]`),
      );
  }
  for (const name of byName.keys())
    found.push(otherThanGraph(file, name, `that it is an ${what}`, "none of that name"));
  return found;
}

/** A number that the graph leaves open is allowed: the server then takes that one size. */
function isSame(said: number, dim: GraphTensor["shape"][number] | undefined): boolean {
  return typeof dim === "number" ? said === dim : said === -1 || said > 0;
}
