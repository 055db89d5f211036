/** What is to be said of the parts of a graph that came in. */
import type { Island } from "../frontends/onnx/islands.js";
import type { GraphReading } from "../frontends/onnx/read-graph.js";
import { isOnnxDomain, type SourceConstants } from "../frontends/onnx/source-constants.js";
import type { GraphProto, NodeProto } from "../onnx/graph/records.js";
import type { BatchReport, IslandReport, KernelReport, LeftNode } from "./report.js";

/** A node's name, or its output's. */
export function nameOf({ name, output }: NodeProto): string {
  return name || output[0]!;
}

/** What is to become of an island. */
export interface IslandPlan {
  readonly report: IslandReport;
  readonly island: Island;
  /** What of the island is compiled; nothing where nothing gains. */
  readonly taken: Island;
}

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose"]);

export function kernelReports(
  graph: GraphProto,
  constants: SourceConstants,
  { readings }: GraphReading,
  plans: readonly IslandPlan[],
): readonly KernelReport[] {
  const planOf = new Map(plans.flatMap((plan) => plan.island.map((index) => [index, plan] as const)));
  const reasonToKeep = (index: number, kernel: string): string => {
    const [reading, plan] = [readings[index], planOf.get(index)];
    if (!constants.has(kernel)) return "its kernel depends on the input";
    if (reading?.kind === "left") return reading.reason ?? "it is computed from constants alone";
    return plan?.report.became === "kept" ? plan.report.reason : "it does not gain";
  };
  return graph.node.flatMap((node, index): readonly KernelReport[] => {
    const kernel = node.input[1] ?? "";
    if (!isOnnxDomain(node.domain) || !CONVOLUTIONS.has(node.op_type ?? "") || constants.isStored(kernel)) return [];
    const isTaken = planOf.get(index)?.taken.includes(index) ?? false;
    const became = isTaken
      ? ({ became: "conv", reason: "its kernel depends on constants alone" } as const)
      : ({ became: "kept", reason: reasonToKeep(index, kernel) } as const);
    return [{ node: nameOf(node), experts: 0, ...became }];
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
