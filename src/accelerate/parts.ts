/** What is to be said of the parts of a graph that came in. */
import type { GraphReading } from "../frontends/onnx/read-graph.js";
import { isOnnxDomain, type SourceConstants } from "../frontends/onnx/source-constants.js";
import type { GraphProto, NodeProto } from "../onnx/graph/records.js";
import type { BatchReport, KernelReport, LeftNode } from "./report.js";

/** A node's name, or its output's. */
export function nameOf({ name, output }: NodeProto): string {
  return name || output[0]!;
}

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose"]);

export function kernelReports(graph: GraphProto, constants: SourceConstants): readonly KernelReport[] {
  return graph.node.flatMap((node): readonly KernelReport[] => {
    const kernel = node.input[1] ?? "";
    if (!isOnnxDomain(node.domain) || !CONVOLUTIONS.has(node.op_type ?? "") || constants.isStored(kernel)) return [];
    const kept = { node: nameOf(node), became: "kept", experts: 0 } as const;
    return [
      constants.has(kernel)
        ? { ...kept, became: "conv", reason: "its kernel depends on constants alone" }
        : { ...kept, reason: "its kernel depends on the input" },
    ];
  });
}

/** @param source what the graph was before sizes were fixed */
export function batchReport(source: GraphProto, graph: GraphProto): BatchReport {
  const [before, now] = [source, graph].map((each) => each.input[0]?.type?.tensor_type?.shape?.dim[0]?.dim_value);
  if (now === undefined) return { became: "open", reason: "the source leaves it open" };
  return {
    became: "kept",
    reason: before === undefined ? `fixed to ${now}, as asked for` : `the source fixes it to ${now}`,
  };
}

export function leftNodes(graph: GraphProto, { readings }: GraphReading): readonly LeftNode[] {
  return readings.flatMap((reading, index) =>
    reading.kind === "left" && reading.reason !== null
      ? [{ node: nameOf(graph.node[index]!), reason: reading.reason }]
      : [],
  );
}
