/** What becomes of the β of an ONNX graph, and what is reported of it: one row for each mode of `--routing`. */

import type { AcceleratedModel } from "../../../src/accelerate/accelerate-model.js";
import type { BetaOptions } from "../../../src/accelerate/betas.js";
import type { Lines } from "../../../src/base/text/lines.js";
import type { Context } from "../../flags/command.js";
import { costJson, costText, foldStudyJson, foldStudyText } from "./fold-study.js";
import { type CompileWith, costOfHardChoice, type GraphFold, type TakenPictures } from "./graph-fold.js";

export interface GraphRouting {
  readonly betas: BetaOptions;
  /** What is to be said of the comparison with the source, where the written graph is another function. */
  readonly compared?: string;
  /** What the answer says of it. */
  answer(done: AcceleratedModel): Promise<RoutingAnswer>;
}

export interface RoutingAnswer {
  readonly text: Lines;
  /** Fields of the answer. */
  readonly json: object;
}

/** Decides what becomes of β, where that takes runs of the graph itself. */
export type RoutingSource = (compileWith: CompileWith) => Promise<GraphRouting>;

/** β as the source computes them. */
export const DYNAMIC: RoutingSource = async () => ({ betas: {}, answer: async () => ({ text: [], json: {} }) });

/** @param layers patterns of the convolutions whose β are held; all for none */
export function held(
  source: (compileWith: CompileWith) => Promise<GraphFold>,
  layers: readonly string[],
): RoutingSource {
  return async (compileWith) => {
    const fold = await source(compileWith);
    const betas = { fold: { ...fold, layers } };
    return {
      betas,
      compared:
        "the comparison with the source ran with computed β; with constant β, each compiled part was compared with the reference, which used the same β",
      async answer() {
        const { study } = fold;
        if (study === undefined) return { text: [], json: {} };
        const measured = { variation: study.variation, cost: await study.measure(betas) };
        return { text: foldStudyText(measured), json: { fold: foldStudyJson(measured) } };
      },
    };
  };
}

/** Every router chooses one expert. @param pictures on which it is measured what that costs */
export function hard(context: Context, name: string, pictures: TakenPictures): RoutingSource {
  return async (compileWith) => ({
    betas: { hard: true },
    compared:
      "the comparison with the source ran with the source's β; with the hard choice, each compiled part was compared with the reference, which made the same choice",
    async answer({ hard: routers, report: { kernels } }) {
      const isMeasured = pictures.images.length > 0;
      const cost = isMeasured ? await costOfHardChoice(context, name, pictures, compileWith) : undefined;
      return {
        text: [
          ...(cost === undefined ? [] : costText("hard compared with dynamic", cost)),
          routers.length === 0
            ? "every router of the source already chooses one expert; nothing changes"
            : `the graph no longer computes the same as the source: these routers now choose one expert: ${routers.join(", ")}`,
          ...kernels
            .filter(({ became }) => became === "kept")
            .map(
              ({ node, reason }) =>
                `unchanged: ${node}, because its kernel could not be read as a mixture of experts: ${reason}`,
            ),
        ],
        json: { hard: { routers, ...(cost === undefined ? {} : { images: costJson(cost) }) } },
      };
    },
  });
}
