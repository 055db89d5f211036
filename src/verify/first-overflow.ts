import { collect } from "../base/bytes/byte-source.js";
import { compileGraph } from "../compile.js";
import type { Graph } from "../ir/graph.js";
import { encodeModel } from "../onnx/encode.js";
import type { EmittedNode } from "../onnx/graph/provenance.js";
import { valueOfMagnitude, withMagnitudes } from "../onnx/rewrite/with-magnitudes.js";
import type { ModelBytes, Session } from "../sessions/session.js";
import type { NotFiniteLayer } from "./finite.js";
import type { Problem } from "./problems.js";
import { toFeeds } from "./verify.js";

/**
 * The first layer on the way to whose values ONNX Runtime meets one that is not finite, such as a logit of a router,
 * where the reference, in float64, has only finite ones. The graph is compiled so that every step can be seen.
 */
export async function firstOverflow(
  reference: Graph,
  problem: Problem,
  open: (model: ModelBytes) => Promise<Session>,
): Promise<NotFiniteLayer | undefined> {
  // Every value is one of the main graph.
  const { model } = compileGraph(reference, { portable: true });
  const nodes: readonly EmittedNode[] = model.graph.node;
  const layers = new Map(nodes.flatMap(({ output, origin }) => output.map((value) => [value, origin] as const)));
  const bytes = await collect(encodeModel(withMagnitudes(model, () => true)).model);
  const session = await open({ name: reference.name, bytes });
  try {
    for (const [output, { data }] of await session.run(toFeeds(problem))) {
      const value = valueOfMagnitude(output);
      if (value !== undefined && !Number.isFinite(data[0]))
        return { layer: layers.get(value) ?? value, value: data[0]! };
    }
    return undefined;
  } finally {
    await session.release();
  }
}
