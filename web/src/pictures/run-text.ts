/** What a run did, in words. */
import type { Pixels, RestoreResult, WebProvider } from "../engine/protocol.js";

export const PROVIDERS: Readonly<Record<WebProvider, string>> = { webgpu: "WebGPU", wasm: "WebAssembly" };

export function runText(
  from: Pixels,
  { pixels, provider, isHalf, jobs, threads, seconds, report, left }: RestoreResult,
): string {
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  const cores = jobs > 1 ? counted(jobs, "worker") : counted(threads, "thread");
  const on = provider === "wasm" ? `WebAssembly with ${cores}` : `${PROVIDERS[provider]}${isHalf ? " in float16" : ""}`;
  const parts =
    report.parts > 1
      ? `, ${report.parts} ${report.context === "patch" ? "patches" : "tiles"}${report.side === undefined ? "" : ` of ${report.side} pixels`}`
      : "";
  const fallback = left.length > 0 ? ` WebGPU could not run it: ${left[0]!.message}.` : "";
  return `${pixels.width} × ${pixels.height} from ${from.width} × ${from.height} pixels in ${seconds.toFixed(2)} s on ${on}${parts}.${fallback}`;
}
