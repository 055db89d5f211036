/** What every entry of `smxc/runtime` hands on beside its own `load`. */
export { type Diagnostic, type Reporter, SmxcError } from "../base/diagnostics.js";
export type { Image, Samples, ValueRange } from "../pictures/image.js";
export { imageFromPixels, type Pixels, pixelsOf } from "../pictures/pixels.js";
export type { ChosenContext, ContextChoice, RunCost, RunPlan } from "../restore/cost/context-choice.js";
export type { LoadedNetwork } from "../restore/load.js";
export type { AlphaMode, Restored, RestoreOptions, ResultTile } from "../restore/restore.js";
export type { Betas, ContextKind, PictureFormat, RunReport } from "../restore/restorer.js";
export type { Size } from "../restore/tiles.js";
export type { CoreOptions, CorePlan, Cores, SessionUse } from "../sessions/cores.js";
export type { Tensor } from "../sessions/session.js";
