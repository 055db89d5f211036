/** Values that depend on constants alone, as a runtime computes them. */
import { collect } from "../base/bytes/byte-source.js";
import type { ComputeConstant } from "../frontends/onnx/source-constants.js";
import { encodeModel } from "../onnx/encode.js";
import { record } from "../onnx/graph/build.js";
import type { ModelProto } from "../onnx/graph/records.js";
import { extract } from "../onnx/rewrite/extract.js";
import { renamed } from "../onnx/rewrite/names.js";

/** A part of a model without inputs, ready to run. */
export interface ConstantSession {
  run(feeds: ReadonlyMap<string, never>): Promise<ReadonlyMap<string, { readonly data: Float32Array }>>;
  release(): Promise<void>;
}

export type OpenConstants = (model: Uint8Array<ArrayBuffer>) => Promise<ConstantSession>;

/**
 * Computes values of a model's main graph, each once: those that are asked for together, in one run of the nodes that lead to
 * them.
 */
export function computeConstants(model: ModelProto, open: OpenConstants): ComputeConstant {
  type Values = ReadonlyMap<string, Float32Array>;
  const known = new Map<string, Promise<Values>>();
  let next: { readonly names: string[]; readonly values: Promise<Values> } | undefined;
  const compute = async (names: readonly string[]): Promise<Values> => {
    // Whoever asks in the same turn is served by the same run.
    await Promise.resolve();
    next = undefined;
    const part = plainlyNamed(
      extract(
        model,
        names.map((name) => record("ValueInfoProto", { name })),
      ),
    );
    const session = await open(await collect(encodeModel(part.model).model));
    try {
      const outputs = await session.run(new Map<string, never>());
      return new Map(names.map((name) => [name, outputs.get(part.nameOf(name))!.data]));
    } finally {
      await session.release();
    }
  };
  return async (name) => {
    if (!known.has(name)) {
      if (next === undefined) {
        const names: string[] = [];
        next = { names, values: compute(names) };
      }
      next.names.push(name);
      known.set(name, next.values);
    }
    return (await known.get(name)!).get(name)!;
  };
}

/** The model with names that every runtime's interface can ask for: `__proto__` is none. */
function plainlyNamed(model: ModelProto): { readonly model: ModelProto; readonly nameOf: (name: string) => string } {
  const names = new Map([["", ""]]);
  const nameOf = (name: string): string => {
    const plain = names.get(name) ?? `v${names.size}`;
    names.set(name, plain);
    return plain;
  };
  return { model: { ...model, graph: model.graph && renamed(model.graph, nameOf) }, nameOf };
}
