export { type Bytes, compile, type DocumentInput, type ImportedCheckpoint, importCheckpoint } from "./api.js";
export type { CompileOptions, FoldOptions, Size } from "./compile-options.js";
export {
  type Diagnostic,
  type FailureKind,
  type Place,
  type Reporter,
  type Severity,
  SmxcError,
} from "./diagnostics.js";
export type { BetaPlace, BetaTable } from "./fold/betas.js";
export type { ConfigPlace, ConfigValue } from "./importers/config.js";
export type { ImportOptions } from "./importers/import.js";
export type { Target } from "./lowerings/targets.js";
export { type ModelMetadata, readMetadata } from "./metadata.js";
export type { ModelDocument } from "./spec/document.js";
export type { RoutingMode } from "./spec/retarget.js";
export { VERSION } from "./version.js";
export type { ByteSource } from "./weights/byte-source.js";
