import type { Importer } from "./importer.js";
import { nsr } from "./nsr.js";
import { nsrConv } from "./nsr-conv.js";

/** The architectures that smxc imports, the most specific first: the first that matches is taken. */
export const IMPORTERS: readonly Importer[] = [nsr, nsrConv];
