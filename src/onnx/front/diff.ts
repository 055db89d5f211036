/** What changed between two records. */
import { SmxcError } from "../../base/diagnostics.js";
import { asLibrary } from "../../base/remedy.js";
import { type DiffResult, type DiffSide, diffModels as diffSides } from "../diff/diff.js";
import type { ModelProto } from "../graph/records.js";
import type { ReadExternal } from "../tensor-bytes.js";
import { externalNotGiven } from "./errors.js";

export interface DiffOptions {
  /** The largest difference at which weights count as equal; default: 0. */
  readonly tolerance?: number;
  /** Reads the external data of the first model. */
  readonly readExternal?: ReadExternal;
  /** Reads the external data of the second. */
  readonly readOtherExternal?: ReadExternal;
}

/**
 * Lists the changes from one model to another. Nodes, attributes, shapes and weights are matched by the structure of
 * the graphs: other names of inner values, another order of nodes, or another way to store a weight are no change.
 *
 * @throws SmxcError `onnx/external-not-given` if weights are in other files and there is no function to read them; and
 *   the errors of reading the values
 */
export async function diffModels(a: ModelProto, b: ModelProto, options: DiffOptions = {}): Promise<DiffResult> {
  const { tolerance = 0, readExternal, readOtherExternal } = options;
  const sides = [side(a, "first", readExternal), side(b, "second", readOtherExternal)] as const;
  return asLibrary(() => diffSides(...sides, tolerance));
}

function side(message: ModelProto, which: string, readExternal: ReadExternal | undefined): DiffSide {
  const refuse: ReadExternal = async (location) => {
    throw new SmxcError([externalNotGiven(location, which)]);
  };
  return { model: { message, trailing: null }, readExternal: readExternal ?? refuse };
}
