import type { TensorProto } from "../proto/records.js";
import type { CheckContext } from "./context.js";
import { normalisePath } from "./external-path.js";
import { type Place, quoted } from "./place.js";
import { notChecked, official } from "./rule.js";
import type { RuleId } from "./rules.js";

const ESCAPE =
  "A model from elsewhere could read any file of the machine and carry it away (CVE-2022-25882 and its successors).";
const BESIDE = "keep the data file in the model's folder and name it by a plain relative path";

export const EXTERNAL_RULES = {
  "onnx/external-fields": official(
    "A tensor whose values are external holds none itself.",
    "Readers would not know which values count.",
    "remove the values from the model, or data_location",
  ),
  "onnx/external-location": official(
    "A tensor whose values are external names the file that holds them.",
    "The values cannot be found.",
    "add an external_data entry `location`",
  ),
  "onnx/external-location-empty": official("The location of external data is not empty.", "It names no file.", BESIDE),
  "onnx/external-location-absolute": official("The location of external data is a relative path.", ESCAPE, BESIDE),
  "onnx/external-location-outside": official("The location of external data has no `..` in it.", ESCAPE, BESIDE),
  "onnx/external-symlink": official("External data is not a symbolic link.", ESCAPE, "put the file itself there"),
  "onnx/external-contained": official(
    "External data lies in the model's folder, also after symbolic links of its parents are followed.",
    ESCAPE,
    BESIDE,
  ),
  "onnx/external-regular": official(
    "External data is in a regular file that exists.",
    "Devices, folders and absent files hold no weights.",
    "put the data file beside the model",
  ),
  "onnx/external-hardlink": official(
    "The file of external data has no second hard link.",
    "A hard link gives a file from anywhere another name inside the folder (CVE-2026-34446).",
    "copy the file",
  ),
  "onnx/external-not-checked": notChecked(
    "External data is checked where the model's folder can be seen.",
    "Without the folder only the location's text can be checked.",
    "check the model as a file, beside its data",
  ),
} as const;

/** What is at a location, without following anything that a model should not make a reader follow. */
export type ExternalDataState = "regular" | "missing" | "symlink" | "outside" | "irregular" | "hard-linked";

export interface ExternalDataFile {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Access to the folder of a model. */
export interface ExternalDataFolder {
  /** @param location a normalised relative path without `..`. */
  state(location: string): Promise<ExternalDataState>;
  /** The file, judged again after it was opened, so that a swap in between is noticed; null when it is not regular. */
  open(location: string): Promise<ExternalDataFile | null>;
}

export function checkExternalTensor(
  tensor: TensorProto,
  used: readonly string[],
  place: Place,
  context: CheckContext,
): void {
  if (used.length > 0) context.report("onnx/external-fields", place, `is external, but has ${used.join(" and ")}`);
  const locations = tensor.external_data.filter((entry) => entry.key === "location" && entry.value !== undefined);
  if (locations.length === 0) context.report("onnx/external-location", place, "is external, but names no location");
  for (const { value = "" } of locations) checkLocation(value, place, context);
}

function checkLocation(location: string, place: Place, context: CheckContext): void {
  const refusal = locationRefusal(location);
  if (refusal !== null) context.report(refusal.rule, place, `has ${refusal.what}`);
  else context.later(() => checkFile(asOpened(normalisePath(location)), place, context));
}

/** The rule that the text of a location breaks, and what the location is; null where only a look at the file tells. */
export function locationRefusal(location: string): { readonly rule: RuleId; readonly what: string } | null {
  const path = normalisePath(location);
  if (path === "") return { rule: "onnx/external-location-empty", what: "an empty location" };
  if (path.startsWith("/")) {
    return { rule: "onnx/external-location-absolute", what: `the absolute location ${quoted(location)}` };
  }
  return path.includes("..")
    ? { rule: "onnx/external-location-outside", what: `the location ${quoted(location)}` }
    : null;
}

/** Operating systems read a path up to a NUL. */
export function asOpened(path: string): string {
  const end = path.indexOf("\0");
  return end < 0 ? path : path.slice(0, end) || ".";
}

/** What breaks which rule at a location. */
export const STATE_RULES: Readonly<Record<Exclude<ExternalDataState, "regular">, readonly [RuleId, string]>> = {
  missing: ["onnx/external-regular", "does not exist"],
  symlink: ["onnx/external-symlink", "is a symbolic link"],
  outside: ["onnx/external-contained", "lies outside the model's folder"],
  irregular: ["onnx/external-regular", "is not a regular file"],
  "hard-linked": ["onnx/external-hardlink", "has several hard links"],
};

async function checkFile(path: string, place: Place, context: CheckContext): Promise<void> {
  if (context.folder === null) {
    context.report("onnx/external-not-checked", place, `the data file ${quoted(path)} was not looked for`);
    return;
  }
  const state = await context.folder.state(path);
  if (state === "regular") return;
  const [rule, what] = STATE_RULES[state];
  context.report(rule, place, `the data file ${quoted(path)} ${what}`);
}
