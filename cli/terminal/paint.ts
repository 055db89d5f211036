import type { Paint, Style } from "../../src/base/text/lines.js";
import type { Colors } from "./colors.js";

const COLORS = {
  error: "red",
  warning: "yellow",
  unchecked: "blue",
  strong: "bold",
  faint: "dim",
} as const satisfies Readonly<Record<Style, keyof Colors>>;

/** The colours of what words mean. */
export function paintBy(colors: Colors): Paint {
  return (style, text) => colors[COLORS[style]](text);
}
