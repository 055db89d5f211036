/** The batch of any ONNX graph of one sample: opened where it is proven, or in Scans, it computes what the source does. */
import "../support/seed.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { asModern } from "../../src/accelerate/modern-ir.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import * as build from "../../src/onnx/graph/build.js";
import { type ElementTypeName, elementType } from "../../src/onnx/graph/element-types.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { checkOpened } from "../support/opened-batch.js";
import { encoded, type Values } from "../support/sessions.js";
import { BATCH_STEPS } from "./onnx-batch/batch-steps.js";
import { randomGraph } from "./onnx-graphs/random-graph.js";
import { Draw } from "./onnx-operators/draw.js";

/** More are asked for by the environment: `SMXC_CASES=5000 SMXC_SEED=7 npx vitest run …`. */
const RUNS = Number(process.env.SMXC_CASES ?? 100);

it("several samples are what each of them is", { timeout: 1e9 }, async () => {
  let [open, scanned, refused] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const draw = new Draw(g);
      const fixed = { batch: 1, height: draw.pick([6, 8]), width: 5 };
      const { model, feeds } = randomGraph(draw, { fixed, steps: BATCH_STEPS });
      const { message } = await decodeGraph(bytesSource("source", await encoded(model)));
      const modern = asModern(message as ModelWithGraph);
      const source = draw.yes() ? modern : withOpenSizes(modern);
      const given = [...feeds, otherFeed(feeds[0]!, draw.seed())];
      const strict = await checkOpened(source, given, false);
      if ("reason" in strict) {
        const apart = await checkOpened(source, given, true);
        if ("reason" in apart) refused++;
        else scanned++;
      } else open++;
    }),
    // Cases are small as they are.
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(open).toBeGreaterThan(RUNS / 5);
  expect(scanned).toBeGreaterThan(RUNS / 5);
  expect(refused).toBeLessThan(RUNS / 5);
});

/** With height and width of inputs left to the run, as exporters leave them, so that sizes are computed. */
function withOpenSizes(model: ModelWithGraph): ModelWithGraph {
  const { graph } = model;
  const defaults = new Set(graph.initializer.map(({ name }) => name));
  const input = graph.input.map((info) => {
    const dim = info.type?.tensor_type?.shape?.dim ?? [];
    const element = elementType(info.type?.tensor_type?.elem_type)?.name as ElementTypeName;
    if (defaults.has(info.name) || dim.length !== 4) return info;
    const sizes = dim.map(({ dim_value }, axis) => (axis < 2 ? (dim_value ?? null) : `${info.name}[${axis}]`));
    return build.valueInfo(info.name!, element, sizes);
  });
  const output = graph.output.map((info) => {
    const rank = info.type?.tensor_type?.shape?.dim.length;
    const element = elementType(info.type?.tensor_type?.elem_type)?.name as ElementTypeName;
    return rank === undefined ? info : build.valueInfo(info.name!, element, new Array<null>(rank).fill(null));
  });
  return { ...model, graph: { ...graph, input, output, value_info: [] } };
}

function otherFeed(feed: Values, seed: number): Values {
  const next = randomNumbers(seed);
  return new Map(
    [...feed].map(([name, { shape, data }]) => [
      name,
      dense(
        shape,
        Array.from(data, () => Math.fround(2 * next() - 1)),
      ),
    ]),
  );
}
