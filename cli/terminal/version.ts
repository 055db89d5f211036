import { createRequire } from "node:module";

/** Of this smxc. */
export const { version: VERSION } = createRequire(import.meta.url)("smxc/package.json") as { readonly version: string };
