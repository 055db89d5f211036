/** Which packages a bundle is made of: their licences go with it (generate-licenses.mjs). */
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url)).replaceAll("\\", "/");

/**
 * @param {Iterable<{ readonly type: string, readonly moduleIds?: readonly string[] }>} outputs of Rolldown
 * @returns {string[]} folders from the root of the repository, such as `node_modules/a/node_modules/@b/c`
 */
export function packagesOf(outputs) {
  return [...outputs].flatMap(({ moduleIds = [] }) => moduleIds.flatMap((id) => packageOf(id) ?? []));
}

/** @param {Iterable<string>} folders @returns {string} as the lists in dist hold them */
export function packageList(folders) {
  return `${JSON.stringify([...new Set(folders)].toSorted(), null, 1)}\n`;
}

/** Undefined for modules of our own and the bundler's. */
function packageOf(moduleId) {
  const path = moduleId.replaceAll("\\", "/").replace(ROOT, "");
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}
