/** Lists the packages that the page is made of, and puts the file of their licences beside it. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Plugin } from "vite";
import { packageList, packagesOf } from "../scripts/bundled-packages.mjs";

const ROOT = new URL("../", import.meta.url);
/** scripts/generate-licenses.mjs writes it of `PACKAGES`, and a test holds the two together. */
const LICENSES = new URL("THIRD-PARTY-LICENSES.md", ROOT);
/** Not part of the page. */
const PACKAGES = new URL("dist/page-packages.json", ROOT);

/** What the page calls the file of licences. */
export const LICENSES_FILE = "licenses.txt";

/** Plugins of one build of the page. Its workers are bundled apart, before the page. */
export function thirdParty(): { readonly page: Plugin; readonly worker: Plugin } {
  const packages: string[] = [];
  const collect: Extract<Plugin["generateBundle"], CallableFunction> = (_options, bundle) => {
    packages.push(...packagesOf(Object.values(bundle)));
  };
  return {
    worker: { name: "third-party-of-workers", generateBundle: collect },
    page: {
      name: "third-party",
      generateBundle(...args) {
        collect.call(this, ...args);
        this.emitFile({ type: "asset", fileName: LICENSES_FILE, source: readFileSync(LICENSES) });
      },
      writeBundle() {
        writeFileSync(PACKAGES, packageList(packages));
      },
    },
  };
}
