import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vitest/config";

const BUILT = new URL("../../dist/src/sessions/workers/", import.meta.url);

/** Worker threads load JavaScript without Vitest, which compiles the sources: tests start the workers of the build. */
export function builtWorkers(): Plugin {
  return {
    name: "built-workers",
    transform(code, id) {
      if (!id.endsWith(`/src/sessions/workers/start-worker-node.ts`.split("/").join(sep))) return undefined;
      return code.replace("./worker-node.js", fileURLToPath(new URL("worker-node.js", BUILT)));
    },
  };
}
