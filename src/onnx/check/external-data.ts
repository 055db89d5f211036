import type { TensorProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import type { CheckContext } from "./context.js";
import type { ExternalDataState } from "./external-folder.js";
import { normalisePath } from "./external-path.js";
import type { RuleId } from "./rules.js";

export function checkExternalTensor(
  tensor: TensorProto,
  used: readonly string[],
  place: Place,
  context: CheckContext,
): void {
  if (used.length > 0)
    context.report("onnx/external-fields", place, `has external data, but also ${used.join(" and ")}`);
  const locations = tensor.external_data.filter((entry) => entry.key === "location" && entry.value !== undefined);
  if (locations.length === 0)
    context.report("onnx/external-location", place, "has external data, but names no location");
  for (const { value = "" } of locations) checkLocation(value, place, context);
}

function checkLocation(location: string, place: Place, context: CheckContext): void {
  const refusal = locationRefusal(location);
  if (refusal !== null) context.report(refusal.rule, place, `has ${refusal.what}`);
  else context.later(() => checkFile(asOpened(normalisePath(location)), place, context));
}

/** The rule that the text of a location breaks, and what the location is; null where only a look at the file can show it. */
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
    context.report("onnx/external-not-checked", place, `the data file ${quoted(path)} was not checked`);
    return;
  }
  const state = await context.folder.state(path);
  if (state === "regular") return;
  const [rule, what] = STATE_RULES[state];
  context.report(rule, place, `the data file ${quoted(path)} ${what}`);
}
