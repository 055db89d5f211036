import { CHOICE_ROWS } from "./choices.js";
import { PRODUCT_ROWS } from "./products.js";
import type { RaiseRow } from "./row.js";
import { SUM_ROWS } from "./sums.js";
import { VIEW_ROWS } from "./views.js";

const ROWS: Readonly<Record<string, RaiseRow>> = { ...CHOICE_ROWS, ...PRODUCT_ROWS, ...SUM_ROWS, ...VIEW_ROWS };

/** What is run on products, of ai.onnx; no prototype, since a name such as `constructor` is no row. */
export const RAISE_ROWS = Object.assign<Readonly<Record<string, RaiseRow>>, typeof ROWS>(Object.create(null), ROWS);
