import type { ModelProto } from "../proto/records.js";
import type { Report } from "./context.js";
import { Place, quoted } from "./place.js";
import { official } from "./rule.js";

export const MODEL_RULES = {
  "onnx/unknown-format": official(
    "The file is an ONNX model, and not a file of another kind.",
    "A pointer of Git LFS, a web page that was saved in place of a download, or a checkpoint is easily taken for one.",
    "name the .onnx file that a compile or an export wrote",
  ),
  "onnx/model-size": official(
    "A model file is smaller than 2 GiB.",
    "Protobuf's parsers refuse longer messages, and with them every runtime.",
    "move the weights to external data",
  ),
  "onnx/model-ir-version": official(
    "A model says which version of the ONNX format it is written in.",
    "Readers decide by ir_version what a field means.",
    "set ir_version; 8 suits opsets up to 18, 10 up to 22",
  ),
  "onnx/model-ir-version-known": official(
    "The ir_version is one that ONNX 1.23.1 knows, at most 14.",
    "A newer format may mean something else by the same fields.",
    "export for an older format, or check with a newer smxc",
  ),
  "onnx/model-metadata-unique": official(
    "The keys of metadata_props are unique.",
    "Readers keep one of the values, and not the same one.",
    "remove the duplicate",
  ),
  "onnx/model-opset-import": official(
    "From ir_version 3 on a model imports at least one opset.",
    "Without one no operator has a meaning.",
    "add opset_import with the version the operators were written for",
  ),
  "onnx/model-opset-forbidden": official(
    "Before ir_version 3 a model does not import opsets.",
    "The format had no opset_import; such a file contradicts itself.",
    "set ir_version to at least 3",
  ),
  "onnx/model-opset-range": official(
    "The version of an imported opset fits into 32 bits.",
    "Readers hold the version in 32 bits.",
    "import a version that exists",
  ),
} as const;

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const FIRST_WITH_OPSETS = 3;

/** The rules of the model's header. */
export function checkHeader(model: ModelProto, newestIrVersion: number, report: Report): void {
  const place = Place.root("model");
  const irVersion = model.ir_version ?? 0;
  if (irVersion === 0) report("onnx/model-ir-version", place.member("ir_version"), "ir_version is not set");
  if (irVersion > newestIrVersion) {
    const message = `ir_version ${irVersion} is newer than ${newestIrVersion}`;
    report("onnx/model-ir-version-known", place.member("ir_version"), message);
  }
  const keys = new Set<string>();
  for (const [i, { key = "" }] of model.metadata_props.entries()) {
    const at = place.item("metadata_props", i, key);
    if (keys.has(key)) report("onnx/model-metadata-unique", at, `the key ${quoted(key)} is there already`);
    keys.add(key);
  }
  if (irVersion >= FIRST_WITH_OPSETS && model.opset_import.length === 0) {
    report("onnx/model-opset-import", place, `a model of ir_version ${irVersion} imports no opset`);
  }
  if (irVersion < FIRST_WITH_OPSETS && model.opset_import.length > 0) {
    report("onnx/model-opset-forbidden", place, `a model of ir_version ${irVersion} imports opsets`);
  }
}

/** Versions by domain; of a domain imported twice the last counts, as in the official checker. */
export function opsetVersions(imports: ModelProto["opset_import"], owner: Place, report: Report): Map<string, number> {
  const versions = new Map<string, number>();
  for (const [i, { domain = "", version = 0 }] of imports.entries()) {
    if (version < INT32_MIN || version > INT32_MAX) {
      report(
        "onnx/model-opset-range",
        owner.item("opset_import", i, domain),
        `version ${version} does not fit into 32 bits`,
      );
    } else {
      versions.set(domain, Number(version));
    }
  }
  return versions;
}
