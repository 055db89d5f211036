/** What is to be said of the parts of a graph that came in. */

import type { GraphReading } from "../frontends/onnx/graph-reading.js";
import type { Island } from "../frontends/onnx/islands.js";
import type { RaisedKernel } from "../frontends/onnx/raise/raise-kernel.js";
import type { RaisedKernels } from "../frontends/onnx/raise/raise-kernels.js";
import type { SourceConstants } from "../frontends/onnx/source-constants.js";
import type { ValueUses } from "../frontends/onnx/value-uses.js";
import type { Graph } from "../ir/graph.js";
import { isOnnxDomain } from "../onnx/domains.js";
import type { GraphProto, NodeProto } from "../onnx/graph/records.js";
import type { IslandReport, KernelReport, LeftNode } from "./report.js";

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
  /** The island after its passes, as it was judged; undefined where that was not asked. */
  readonly judged: Graph | undefined;
}

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose"]);

/** Of every convolution whose kernel the source computes. */
export function kernelReports(
  graph: GraphProto,
  constants: SourceConstants,
  { readings }: GraphReading,
  plans: readonly IslandPlan[],
  raised: RaisedKernels = new Map(),
): readonly KernelReport[] {
  const planOf = new Map(plans.flatMap((plan) => plan.island.map((index) => [index, plan] as const)));
  const reasonToKeep = (index: number, kernel: string): string => {
    const [reading, plan, mixture] = [readings[index], planOf.get(index), raised.get(index)];
    if (mixture !== undefined && "reason" in mixture) return mixture.reason;
    if (!constants.has(kernel) && mixture === undefined) return "its kernel depends on the input";
    if (reading?.kind === "left") return reading.reason ?? "its kernel is not constant";
    return plan?.report.became === "kept" ? plan.report.reason : "it would not become faster";
  };
  return graph.node.flatMap((node, index): readonly KernelReport[] => {
    const kernel = node.input[1] ?? "";
    if (!isOnnxDomain(node.domain) || !CONVOLUTIONS.has(node.op_type ?? "") || constants.isStored(kernel)) return [];
    const named = { node: nameOf(node), experts: 0 };
    const isTaken = planOf.get(index)?.taken.includes(index) ?? false;
    if (!isTaken) return [{ ...named, became: "kept", reason: reasonToKeep(index, kernel) }];
    const mixture = raised.get(index);
    return mixture === undefined || "reason" in mixture
      ? [{ ...named, became: "conv", reason: "its kernel depends only on constants" }]
      : [{ ...named, became: "mix_conv", experts: mixture.experts, reason: mixtureText(mixture) }];
  });
}

const AXES = { out: "output channels", in: "input channels", tap: "kernel taps" } as const;

function mixtureText({ factors, demodulate }: RaisedKernel): string {
  const weights = factors.map(({ over, blocks }) => (blocks.length === 0 ? "experts" : AXES[over]));
  const norm = demodulate === null ? [] : [`demodulated${demodulate === 0 ? ", without an ε" : ""}`];
  return [`weighed over ${[...new Set(weights)].join(", ")}`, ...norm].join("; ");
}

/** @param uses of values where all that can be is read as IR */
export function leftNodes(graph: GraphProto, { readings }: GraphReading, uses: ValueUses): readonly LeftNode[] {
  return readings.flatMap((reading, index) =>
    reading.kind === "left" && reading.reason !== null && uses.needed.has(index)
      ? [{ node: nameOf(graph.node[index]!), reason: reading.reason }]
      : [],
  );
}
