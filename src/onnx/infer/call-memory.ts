import type { FunctionProto, NodeProto } from "../graph/records.js";
import type { TypeInfo } from "./type-info.js";

/** What calls of functions gave: the next call with the same types gives the same, and finds the same faults. */
export class CallMemory {
  private readonly results = new Map<FunctionProto, Map<string, readonly TypeInfo[]>>();

  /** Remembers what `infer` gives, unless that is null or the call passes more than types. */
  recall(
    fn: FunctionProto,
    call: NodeProto,
    { inputs, isDoubtful, hasConstants }: PassedTypes,
    infer: () => readonly TypeInfo[] | null,
  ): readonly TypeInfo[] | null {
    if (hasConstants || call.attribute.length > 0) return infer();
    const key = JSON.stringify([isDoubtful, fn.input.map((_, i) => ((call.input[i] ?? "") === "" ? 0 : inputs[i]))]);
    const known = this.results.get(fn)?.get(key);
    if (known !== undefined) return known;
    const outputs = infer();
    if (outputs === null) return null;
    const byTypes = this.results.get(fn) ?? new Map<string, readonly TypeInfo[]>();
    this.results.set(fn, byTypes.set(key, outputs));
    return outputs;
  }
}

export interface PassedTypes {
  readonly inputs: readonly (TypeInfo | null)[];
  readonly isDoubtful: boolean;
  /** Whether a value is known that the function could look at. */
  readonly hasConstants: boolean;
}
