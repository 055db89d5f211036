/** Computed kernels of ONNX graphs, raised with ONNX Runtime to compare. */
import { type AcceleratedModel, accelerateModel } from "../../src/accelerate/accelerate-model.js";
import { computeConstants } from "../../src/accelerate/compute-constants.js";
import type { AskedSizes } from "../../src/accelerate/fix-sizes.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import type { SourceRunner } from "../../src/frontends/onnx/raise/gate.js";
import { type RaisedKernels, raiseKernels } from "../../src/frontends/onnx/raise/raise-kernels.js";
import { SourceConstants } from "../../src/frontends/onnx/source-constants.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import type { ModelProto, ModelWithGraph } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import type { Session } from "../../src/sessions/session.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { sourceRunner } from "../../src/verify/source-runner.js";
import { encoded } from "./sessions.js";

const SIZES = { batch: "keep", height: "keep", width: "keep" } as const;
const schemas = await loadSchemas();

function open(bytes: Uint8Array): Promise<Session> {
  return createNodeSession({ name: "source", bytes }, { target: "cpu", optimization: "disabled", threads: 1 });
}

export function runnerOf(model: ModelProto): SourceRunner {
  return sourceRunner(model, async (part) => open(await encoded(part)));
}

/** A model as it is read from its file: small constants are at hand, large ones in the file. */
export async function read(model: ModelProto): Promise<ModelProto> {
  return (await decodeGraph(bytesSource("source.onnx", await encoded(model)))).message;
}

/** By the position of the convolution. @param runner null: none is there */
export function raiseAll(model: ModelProto, runner: SourceRunner | null = runnerOf(model)): Promise<RaisedKernels> {
  const source = model as ModelWithGraph;
  const constants = new SourceConstants(source, source.graph, computeConstants(source, open));
  return raiseKernels(source, constants, schemas, runner ?? undefined);
}

/** The whole compile of a graph, as the command line runs it. @param sizes its own where nothing is said; `{}` opens the batch where that is proven */
export function accelerated(model: ModelProto, sizes: Partial<AskedSizes> = SIZES): Promise<AcceleratedModel> {
  return accelerateModel(
    model as ModelWithGraph,
    {
      sizes: { height: "keep", width: "keep", ...sizes },
      computeIn: (part) => computeConstants(part, open),
      runnerIn: runnerOf,
    },
    schemas,
  );
}
