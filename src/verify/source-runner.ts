/** ONNX Runtime on parts of a graph as it is, for comparisons that decide what a compile does. */

import type { SourceRunner } from "../frontends/onnx/raise/gate.js";
import { dense } from "../ir/ops/dense-tensor.js";
import { record } from "../onnx/graph/build.js";
import type { ModelProto } from "../onnx/graph/records.js";
import { extract } from "../onnx/rewrite/extract.js";
import type { Session } from "../sessions/session.js";
import { candidateSizes, runSource } from "./against-source.js";
import { limitOf, MOST_CANCELLATION, TOLERANCES } from "./tolerances.js";

/** @param open a session on a model; undefined where there is none */
export function sourceRunner(
  model: ModelProto,
  open: (model: ModelProto) => Promise<Session | undefined>,
): SourceRunner {
  return {
    async values(names, seed) {
      const session = await open(
        extract(
          model,
          names.map((name) => record("ValueInfoProto", { name })),
        ),
      );
      if (session === undefined) return null;
      try {
        for (const sizes of candidateSizes(session.inputs)) {
          const run = await runSource(session, sizes, seed);
          if (run === null) continue;
          return new Map([...run.outputs].map(([name, { shape, data }]) => [name, dense(shape, data)]));
        }
        return null;
      } finally {
        await session.release();
      }
    },
    agrees(actual, expected, cancellation) {
      const magnitude = expected.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
      const limit = limitOf({ ...TOLERANCES, absolute: 0 }, magnitude * Math.min(cancellation, MOST_CANCELLATION));
      return (
        actual.data.length === expected.data.length &&
        expected.data.every((value, index) => Math.abs(value - actual.data[index]!) <= limit)
      );
    },
  };
}
