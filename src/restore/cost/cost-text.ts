/** Predictions for people. */
import type { ChosenContext, RunPlan } from "./context-choice.js";

/** `340 MB`, `2.1 GB`. */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return "more memory than ONNX Runtime can address";
  return bytes < 0.9995e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** `12 s`, `3 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 99.5) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** One line: time, memory, the context, and what another would take. */
export function planText({ chosen, other }: RunPlan): string {
  const own = `about ${secondsText(chosen.seconds)} and ${bytesText(chosen.bytes)}: ${partsText(chosen)}`;
  if (other === undefined) return own;
  return `${own}; ${partsText(other)} would take ${workText(other)}${bytesText(other.bytes)}`;
}

function partsText(choice: ChosenContext): string {
  if (choice.kind === "tiles") return `tiles of ${choice.side} pixels, with the same result as the whole picture`;
  return choice.kind === "shared"
    ? "parts that share one β, with the same result as the whole picture"
    : "the whole picture in one piece";
}

function workText(choice: ChosenContext): string {
  return choice.kind === "tiles" ? `${choice.work.toFixed(2)} times the work and ` : "";
}
