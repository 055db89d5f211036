/** What half precision does to a network on given inputs: whether values leave its range, and what rounding costs. */

import { collect } from "../base/bytes/byte-source.js";
import { SmxcError } from "../base/diagnostics.js";
import { compile } from "../compile.js";
import type { CompileOptions } from "../compile-options.js";
import type { ModelSpec } from "../frontends/document/document.js";
import { encodeModel } from "../onnx/encode.js";
import type { EmittedNode } from "../onnx/graph/provenance.js";
import type { ModelWithGraph } from "../onnx/graph/records.js";
import { valueOfMagnitude, withMagnitudes } from "../onnx/rewrite/with-magnitudes.js";
import type { ModelBytes, Session, Tensor } from "../sessions/session.js";
import { LARGEST_FLOAT16 } from "../tensors/half-float.js";
import type { TensorStore } from "../tensors/tensor.js";
import { allFinite, compareValues } from "./compare.js";
import * as errors from "./errors.js";
import { HALF_TOLERANCE } from "./tolerances.js";

/** Inputs of a network, by name, and what they are called. */
export interface HalfSample {
  readonly label: string;
  readonly feeds: ReadonlyMap<string, Tensor>;
}

/** Half precision against float32 on one sample. */
export interface HalfCost {
  readonly label: string;
  /** Of the differences of the main output; in its own units. */
  readonly rmse: number;
  readonly maxError: number;
  /** The largest magnitude of a value that is held in half precision, and the layer that makes it. */
  readonly largest: { readonly layer: string; readonly value: number };
}

/**
 * Runs a network in float32, with the magnitudes of all values, and in float16.
 *
 * @param options of the compile in float16; its sizes are left open
 * @throws SmxcError `float16/overflow` with the first layer whose values leave float16's range; `verify/not-finite-on`
 */
export async function checkHalfRange(
  { spec, weights }: { readonly spec: ModelSpec; readonly weights: TensorStore | undefined },
  options: CompileOptions,
  samples: readonly HalfSample[],
  open: (model: ModelBytes) => Promise<Session>,
): Promise<readonly HalfCost[]> {
  const shared: CompileOptions = {
    ...options,
    target: "cpu",
    // Every value is one of the main graph.
    portable: true,
    batch: typeof spec.inputs[0]!.shape[0] === "number" ? "dynamic" : 1,
    height: "dynamic",
    width: "dynamic",
    exposeBeta: false,
    report: () => {},
  };
  const single = compile(spec, weights, { ...shared, dtype: "float32" });
  const wide = await openModel(
    withMagnitudes(single.model, ({ precision }) => precision === undefined),
    open,
  );
  const half = await openModel(compile(spec, weights, { ...shared, dtype: "float16" }).model, open);
  try {
    const costs: HalfCost[] = [];
    for (const { label, feeds } of samples) {
      const expected = await wide.run(feeds);
      const largest = largestOf(single.model, expected, label);
      const main = single.model.graph.output[0]!.name!;
      const actual = (await half.run(feeds)).get(main)!;
      const { rmse, maxError, notFinite } = compareValues(expected.get(main)!.data, actual.data, HALF_TOLERANCE);
      if (!allFinite({ notFinite })) throw new SmxcError([errors.notFiniteOn(main, label)]);
      costs.push({ label, rmse, maxError, largest });
    }
    return costs;
  } finally {
    await Promise.all([wide.release(), half.release()]);
  }
}

async function openModel(model: ModelWithGraph, open: (model: ModelBytes) => Promise<Session>): Promise<Session> {
  return open({ name: "the network", bytes: await collect(encodeModel(model).model) });
}

/** In the graph's order, so that the first layer that overflows is the one that is named. */
function largestOf(
  { graph }: ModelWithGraph,
  outputs: ReadonlyMap<string, Tensor>,
  label: string,
): HalfCost["largest"] {
  const nodes: readonly EmittedNode[] = graph.node;
  const layers = new Map(nodes.flatMap(({ output, origin }) => output.map((value) => [value, origin] as const)));
  let largest = { layer: "", value: -1 };
  for (const [output, { data }] of outputs) {
    const name = valueOfMagnitude(output);
    if (name === undefined) continue;
    const found = { layer: layers.get(name) ?? name, value: data[0]! };
    if (!(found.value <= LARGEST_FLOAT16))
      throw new SmxcError([errors.float16Overflow(found.layer, found.value, label)]);
    if (found.value > largest.value) largest = found;
  }
  return largest;
}
