/** A model that is made here, ready to run. */
import { collect } from "../../../src/base/bytes/byte-source.js";
import { encodeIfItFits } from "../../../src/onnx/encode.js";
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import type { Session } from "../../../src/sessions/session.js";
import { createCpuSession } from "../../../src/sessions/session-cpu-node.js";

/** Undefined where the model does not fit into memory as one. */
export async function sessionOf(model: ModelProto, optimization: "disabled" | "all"): Promise<Session | undefined> {
  const encoded = encodeIfItFits(model);
  if (encoded === null) return undefined;
  const bytes = await collect(encoded.model);
  return (await createCpuSession({ name: model.graph?.name ?? "the graph", bytes }, { optimization })).session;
}
