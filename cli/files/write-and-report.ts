import type { Output } from "../terminal/output.js";
import type { Progress } from "../terminal/progress.js";
import { type OutputFile, type WriteOptions, type WrittenFile, writeFiles } from "./write-files.js";

/** Writes files whose content is computed while it is written, and shows how far they are. */
export async function writeAndReport(
  output: Pick<Output, "progress">,
  files: readonly OutputFile[],
  options: WriteOptions,
): Promise<readonly WrittenFile[]> {
  const bars = new Map<string, Progress>();
  const onBytes = (path: string, done: number, total: number): void => {
    const bar = bars.get(path) ?? output.progress(`writing ${path}`, total, "B");
    bars.set(path, bar);
    bar.update(done);
    if (done >= total) bar.end();
  };
  try {
    return await writeFiles(files, { ...options, onBytes });
  } finally {
    for (const bar of bars.values()) bar.end();
  }
}
