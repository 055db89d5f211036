import type { FileSource } from "../../src/base/bytes/file-source-node.js";
import type { Lines } from "../../src/base/text/lines.js";
import type { DiffResult, DiffSide } from "../../src/onnx/diff/diff.js";
import { argument, defineCommand, optionOr } from "../flags/command.js";
import { EXIT } from "../flags/exit-code.js";
import { numberFrom } from "../flags/values.js";

export const diffCommand = defineCommand({
  name: "diff",
  group: "Look inside:",
  summary: "tell what changed between two graphs",
  description:
    "Nodes, attributes, shapes and weights are matched by structure: other names, another order of nodes, or another way to store a weight are no change. " +
    "Exit code 0 when equal, 1 when different.",
  arguments: [argument("a.onnx", "the first graph"), argument("b.onnx", "the second")],
  options: {
    tolerance: optionOr("--tolerance <x>", "weights that differ by no more are taken as equal", numberFrom(0), 0),
  },
  examples: [{ does: "What did the new checkpoint change", line: "smxc diff old.onnx new.onnx" }],
  async action(context, [first, second], { tolerance }) {
    const [{ diffModels }, { openFileSource }] = await Promise.all([
      import("../../src/onnx/diff/diff.js"),
      import("../../src/base/bytes/file-source-node.js"),
    ]);
    const sources: FileSource[] = [];
    const open = async (path: string): Promise<DiffSide> => {
      const source = await openFileSource(path);
      sources.push(source);
      return side(path, source);
    };
    try {
      const result = await diffModels(await open(first), await open(second), tolerance);
      await context.answer({
        text: () => text(result),
        json: () => ({ equal: result.changes.length === 0, ...result }),
      });
      return result.changes.length === 0 ? EXIT.good : EXIT.bad;
    } finally {
      for (const source of sources) await source.close();
    }
  },
});

async function side(path: string, source: FileSource): Promise<DiffSide> {
  const [{ decodeGraph }, { readBeside }] = await Promise.all([
    import("../../src/onnx/decode.js"),
    import("../../src/sessions/external-data-node.js"),
  ]);
  return {
    model: await decodeGraph(source),
    readExternal: (location, offset, length) => readBeside(path, location, offset, length),
  };
}

function text({ changes, weights }: DiffResult): Lines {
  const counted = `weights: ${weights.equal} equal, ${weights.close} within the tolerance, ${weights.different} different`;
  if (changes.length === 0) return [`equal; ${counted}`];
  return [
    ...changes.map(({ kind, place, message }) => `${kind.padEnd(9)}  ${place}: ${message}`),
    `${changes.length} change${changes.length === 1 ? "" : "s"}; ${counted}`,
  ];
}
