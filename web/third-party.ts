/** Which packages the page is made of, by the modules that the bundler put into it, and the file of their licences beside it. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const ROOT = new URL("../", import.meta.url);
/** scripts/generate-licenses.mjs writes it of `PACKAGES`, and a test holds the two together. */
const LICENSES = new URL("THIRD-PARTY-LICENSES.md", ROOT);
/** Folders of packages, from the root of the repository, as JSON. Not part of the page. */
const PACKAGES = new URL("dist/page-packages.json", ROOT);

/** What the page calls the file of licences. */
export const LICENSES_FILE = "licenses.txt";

/** `node_modules/a/node_modules/@b/c` of a module of that package; absent for modules of our own and the bundler's. */
function packageOf(moduleId: string): string | undefined {
  const path = moduleId.replaceAll("\\", "/").replace(fileURLToPath(ROOT).replaceAll("\\", "/"), "");
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}

/** Plugins of one build of the page. Its workers are bundled apart, before the page. */
export function thirdParty(): { readonly page: Plugin; readonly worker: Plugin } {
  const packages = new Set<string>();
  const collect = (bundle: Parameters<Extract<Plugin["generateBundle"], CallableFunction>>[1]): void => {
    for (const output of Object.values(bundle)) {
      if (output.type !== "chunk") continue;
      for (const name of output.moduleIds.map(packageOf)) if (name !== undefined) packages.add(name);
    }
  };
  return {
    worker: { name: "third-party-of-workers", generateBundle: (_options, bundle) => collect(bundle) },
    page: {
      name: "third-party",
      generateBundle(_options, bundle) {
        collect(bundle);
        this.emitFile({ type: "asset", fileName: LICENSES_FILE, source: readFileSync(LICENSES) });
      },
      writeBundle() {
        writeFileSync(PACKAGES, `${JSON.stringify([...packages].toSorted(), null, 1)}\n`);
      },
    },
  };
}
