/** How each convolution is run on a target, and what was weighed before. */
import type { Lines } from "../../../src/base/text/lines.js";
import type { LoweringChoice } from "../../../src/lowerings/choices.js";
import { bytesText } from "../../terminal/scaled.js";
import { table } from "../../terminal/table.js";

/**
 * Layers that run in the same way for the same reason share a row. The lowerings that were weighed for them follow,
 * one row each.
 */
export function choicesText(choices: readonly LoweringChoice[], target: string): Lines {
  const groups = grouped(choices);
  return [
    ...table(
      [`on ${target}, runs as`, "layers", "because"],
      groups.map(({ choice, layers }) => [
        choice.perSample ? `${choice.lowering}, per sample` : choice.lowering,
        span(layers),
        choice.weighed === undefined ? choice.reason : "estimated below",
      ]),
    ),
    ...weighedText(groups),
  ];
}

/** The name of a layer, or the first and last of several. */
export function span(layers: readonly string[]): string {
  return layers.length === 1 ? layers[0]! : `${layers.length}: ${layers[0]} … ${layers.at(-1)}`;
}

interface Group {
  readonly choice: LoweringChoice;
  readonly layers: string[];
}

function grouped(choices: readonly LoweringChoice[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const choice of choices) {
    const key = JSON.stringify([choice.lowering, choice.perSample, choice.reason]);
    const group = groups.get(key) ?? { choice, layers: [] };
    group.layers.push(choice.layer);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function weighedText(groups: readonly Group[]): Lines {
  const rows = groups.flatMap(({ choice: { weighed, lowering: taken }, layers }) =>
    (weighed?.lowerings ?? []).map(({ lowering, ms, dispatches, bytes, temporaryBytes }) => [
      span(layers),
      weighed!.at.join("×"),
      lowering === taken ? `${lowering} (taken)` : lowering,
      ms.toPrecision(2),
      dispatches,
      bytesText(bytes),
      bytesText(temporaryBytes),
    ]),
  );
  if (rows.length === 0) return [];
  const columns = ["layers", "input", "as", "estimated ms", "dispatches", "moved", "temporary"];
  return [
    "",
    ...table(columns, rows),
    "dispatches and bytes are counted; the times are for comparing lowerings only, not those of a real device",
  ];
}
