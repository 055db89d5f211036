/** Describes a run: the context from which β was computed, compared with that of the training. */
import type { Network } from "../../src/restore/network.js";
import type { RunReport } from "../../src/restore/restorer.js";

const KINDS = {
  whole: ({ parts, side }: RunReport) =>
    parts === 1 ? "whole picture" : `${parts} tiles of ${sizeText(side)}, equal to the whole picture`,
  patch: ({ parts, side }: RunReport) =>
    side === undefined ? "patches of the training size, inside the graph" : `${parts} patches of ${side}x${side}`,
  global: ({ parts, side }: RunReport) => `the whole picture's β in ${partsText(parts, side)}`,
} as const;

/** Bands are not all of one size. */
function partsText(parts: number, side: number | undefined): string {
  if (side !== undefined) return `${parts} tiles of ${side}x${side}`;
  return parts === 1 ? "one piece" : `${parts} parts`;
}

function sizeText(side: number | undefined): string {
  return side === undefined ? "the graph's fixed size" : `${side}x${side}`;
}

export function contextText({ context, trained }: Pick<Network, "context" | "trained">, report: RunReport): string {
  const asked = context === "patch" && report.context === "whole" ? "the picture is too small for patches" : "";
  const kind = report.context === "patch" && report.parts === 1 ? KINDS.patch(report) : KINDS[report.context](report);
  const cost = report.cost !== undefined && report.cost > 1.005 ? `${report.cost.toFixed(2)} times the work` : "";
  const error = report.betaError === undefined ? "" : `β estimated, standard error ${errorText(report.betaError)}`;
  const other =
    trained !== undefined && trained !== family(context)
      ? `the model was trained on ${trained === "patch" ? "patches" : "whole pictures"}`
      : "";
  return [kind, asked, cost, error, other].filter((text) => text !== "").join("; ");
}

function errorText(error: number): string {
  return Number.isFinite(error) ? `up to ${error.toExponential(1)}` : "unknown from one tile";
}

/** Global is the whole picture's β. */
function family(context: Network["context"]): "whole" | "patch" {
  return context === "patch" ? "patch" : "whole";
}
