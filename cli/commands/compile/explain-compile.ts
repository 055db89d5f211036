/** What `compile --explain` shows of a document: how each convolution is run, and what was rewritten before. */

import type { Lines } from "../../../src/base/text/lines.js";
import type { Compiled } from "../../../src/compile.js";
import type { PassStep } from "../../../src/passes/pass.js";
import { table } from "../../terminal/table.js";

export function explainText({ choices, rewrites }: Pick<Compiled, "choices" | "rewrites">): Lines {
  return [...choicesText(choices), "", ...rewriteLines(rewrites)];
}

/** How each convolution is run. */
export function choicesText(choices: Compiled["choices"]): Lines {
  return table(
    ["layer", "runs as", "batch", "why"],
    choices.map(({ layer, lowering, perSample, reason }) => [
      layer,
      lowering,
      perSample ? "one by one" : "at once",
      reason,
    ]),
  );
}

export function explainJson({ choices, rewrites }: Pick<Compiled, "choices" | "rewrites">): object {
  return { lowerings: choices, rewrites };
}

/** A line for what each pass rewrote, and one for each node that it left, with the reason. */
export function rewriteLines(rewrites: readonly PassStep[]): Lines {
  const passes = [...new Set(rewrites.map(({ pass }) => pass))];
  return passes.flatMap((pass) => {
    const own = rewrites.filter((step) => step.pass === pass);
    const done = own.filter(({ declined }) => declined === undefined).map(({ node }) => node);
    const left = own.filter(({ declined }) => declined !== undefined);
    return [
      ...(done.length === 0 ? [] : [`${pass} rewrote ${done.join(", ")}`]),
      ...left.map(
        ({ node, declined, because }) =>
          `${pass} left ${node} unchanged: ${declined}${because ? ` (${because.join(", ")})` : ""}`,
      ),
    ];
  });
}
