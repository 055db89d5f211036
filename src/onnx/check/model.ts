import type { ModelProto } from "../graph/records.js";
import { Place, quoted } from "../place.js";
import type { Report } from "./context.js";

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
    if (keys.has(key)) report("onnx/model-metadata-unique", at, `the key ${quoted(key)} already exists`);
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
