import type { Lines } from "../../src/base/text/lines.js";
import type { Change, ChangeKind, DiffResult, DiffSide } from "../../src/onnx/diff/diff.js";
import type { GraphModel } from "../../src/open-model.js";
import { argument, defineCommand, optionOr } from "../flags/command.js";
import { EXIT } from "../flags/exit-code.js";
import { numberFrom } from "../flags/values.js";

/** Changes of one kind that are listed one by one; of further ones only the number is. */
const MOST_CHANGES = 100;

export const diffCommand = defineCommand({
  name: "diff",
  group: "Look inside:",
  summary: "list the changes between two graphs",
  description:
    "Nodes, attributes, shapes and weights are matched by the structure of the graphs. Other names, another order of nodes, or another " +
    "way to store a weight do not count as changes. Exits with 0 when the graphs are equal, and with 1 when they differ.",
  arguments: [argument("a.onnx", "the first graph"), argument("b.onnx", "the second graph")],
  options: {
    tolerance: optionOr("--tolerance <x>", "the largest difference at which weights count as equal", numberFrom(0), 0),
  },
  examples: [{ does: "What did the new checkpoint change?", line: "smxc diff old.onnx new.onnx" }],
  async action(context, [first, second], { tolerance }) {
    const [{ diffModels }, { openModelFile }, { readBeside }] = await Promise.all([
      import("../../src/onnx/diff/diff.js"),
      import("../models/open-model.js"),
      import("../../src/sessions/external-data-node.js"),
    ]);
    const opened: GraphModel[] = [];
    const open = async (path: string): Promise<DiffSide> => {
      const model = await openModelFile(path, "graph");
      opened.push(model);
      return {
        model: model.decoded,
        readExternal: (location, offset, length) => readBeside(path, location, offset, length),
      };
    };
    try {
      const result = await diffModels(await open(first), await open(second), tolerance);
      await context.answer({
        text: () => text(result),
        json: () => ({ equal: result.changes.length === 0, ...result }),
      });
      return result.changes.length === 0 ? EXIT.good : EXIT.bad;
    } finally {
      for (const model of opened) await model.close();
    }
  },
});

function text({ changes, weights }: DiffResult): Lines {
  const counted = `weights: ${weights.equal} equal, ${weights.close} within the tolerance, ${weights.different} different`;
  if (changes.length === 0) return [`equal; ${counted}`];
  return [...changeLines(changes), `${changes.length} change${changes.length === 1 ? "" : "s"}; ${counted}`];
}

/** Changes in their order; of a kind that has more than are listed, how many more follows the last that is. */
function changeLines(changes: readonly Change[]): Lines {
  const countOf = (kind: ChangeKind): number => changes.filter((change) => change.kind === kind).length;
  const shown = new Map<ChangeKind, number>();
  return changes.flatMap(({ kind, place, message }): Lines => {
    const count = (shown.get(kind) ?? 0) + 1;
    shown.set(kind, count);
    if (count > MOST_CHANGES) return [];
    const label = kind.padEnd(9);
    const line = `${label}  ${place}: ${message}`;
    const left = count === MOST_CHANGES ? countOf(kind) - MOST_CHANGES : 0;
    return left === 0 ? [line] : [line, `${label}  … and ${left.toLocaleString("en")} more: --json lists them`];
  });
}
