/** The runtime on an ONNX graph as it is, loaded only where something is to be run. */
import { collect } from "../../src/base/bytes/byte-source.js";
import type { SourceRunner } from "../../src/frontends/onnx/raise/gate.js";
import { encodeIfItFits } from "../../src/onnx/encode.js";
import type { ModelProto } from "../../src/onnx/graph/records.js";
import type { Session } from "../../src/sessions/session.js";
import { sourceRunner } from "../../src/verify/source-runner.js";

export function graphRunner(model: ModelProto): SourceRunner {
  return sourceRunner(model, openSource);
}

/** Undefined where the model does not fit into memory as one. */
async function openSource(model: ModelProto): Promise<Session | undefined> {
  const encoded = encodeIfItFits(model);
  if (encoded === null) return undefined;
  const { createCpuSession } = await import("../../src/sessions/session-cpu-node.js");
  const bytes = await collect(encoded.model);
  const { session } = await createCpuSession(
    { name: model.graph?.name ?? "the graph", bytes },
    { optimization: "disabled" },
  );
  return session;
}
