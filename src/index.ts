export { type Bytes, compile, type DocumentInput, type ImportedCheckpoint, importCheckpoint } from "./api.js";
export type { ByteSource } from "./base/bytes/byte-source.js";
export {
  type Diagnostic,
  type FailureKind,
  type Place,
  type Reporter,
  type Severity,
  SmxcError,
} from "./base/diagnostics.js";
export { VERSION } from "./base/version.js";
export type { CompileOptions, FoldOptions, Size } from "./compile-options.js";
export type { ConfigPlace, ConfigValue } from "./frontends/checkpoints/config.js";
export type { ImportOptions } from "./frontends/checkpoints/import.js";
export type { ModelDocument } from "./frontends/document/document.js";
export type { RoutingMode } from "./frontends/document/routing-modes.js";
export type { Target } from "./lowerings/targets.js";
export { type ModelMetadata, readMetadata } from "./metadata.js";
export type { BetaPlace, BetaTable } from "./passes/given-betas.js";
