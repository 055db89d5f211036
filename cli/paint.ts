import type { Paint } from "../src/onnx/check/report/text.js";
import { createColors, wantsColor } from "./colors.js";

/** Colours of reports on standard output, where they are wanted. */
export function stdoutPaint(): Paint {
  const colors = createColors(wantsColor(process.stdout, process.env));
  const severities = { error: colors.red, warning: colors.yellow, unchecked: colors.blue };
  return { severity: (severity, text) => severities[severity](text), strong: colors.bold, faint: colors.dim };
}
