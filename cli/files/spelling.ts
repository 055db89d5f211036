/** Two names of one file, where only the spelling tells them apart. */

/** Systems whose file systems usually take letters of both cases for one, and composed and decomposed accents too. */
const FOLDING: ReadonlySet<NodeJS.Platform> = new Set(["win32", "darwin"]);

/** Equal for two paths that the system may take for the same file. */
export function spelling(path: string, platform: NodeJS.Platform = process.platform): string {
  return FOLDING.has(platform) ? path.normalize().toLowerCase() : path;
}
