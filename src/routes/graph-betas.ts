/** β of a graph on pictures. What else the graph gives may be anything, such as scores of classes. */
import { SmxcError } from "../base/diagnostics.js";
import { hasDocument, readMetadata } from "../metadata.js";
import type { ModelProto } from "../onnx/graph/records.js";
import { metadataOf, signatureOf } from "../onnx/signature.js";
import { type Image, imageToTensor } from "../pictures/image.js";
import { reportBetas } from "../restore/betas.js";
import { networkPictures } from "../restore/colour-jobs.js";
import { graphContext } from "../restore/errors.js";
import { inputFormat } from "../restore/graph-format.js";
import type { ContextOptions, OpenedGraph } from "../restore/network.js";
import { checkSize, fixedSizes } from "../restore/restore-whole.js";
import type { Betas, ContextKind } from "../restore/restorer.js";
import type { Session } from "../sessions/session.js";
import { checkFinite } from "./study.js";

/** Whether a graph has outputs `beta.<layer>` [N, experts, cardinals], as `--expose-beta` writes them. */
export function showsBetas(model: ModelProto): boolean {
  return signatureOf(model).outputs.some(({ name, shape }) => name.startsWith("beta.") && shape?.length === 3);
}

export interface GraphBetas {
  /** What β is pooled over. */
  readonly context: ContextKind;
  /**
   * β on what the graph sees of a picture: run by run, of a graph for one channel each channel by itself.
   *
   * @throws SmxcError `run/wrong-size`, `run/fixed-batch`, `routes/not-finite`
   */
  betasOf(picture: Image): Promise<readonly Betas[]>;
}

/**
 * @returns what is to be done once a session runs the graph
 * @throws SmxcError where the graph takes no pictures, or not as it is asked to
 */
export function graphBetas(
  { name, model, report = () => {} }: Omit<OpenedGraph, "session">,
  { context, picture: given = {} }: Pick<ContextOptions, "context" | "picture">,
): (session: Session) => GraphBetas {
  const metadata = readMetadata(metadataOf(model));
  const own = metadata?.compiled.context ?? "whole";
  if (context !== undefined && context !== "trained" && context !== own)
    throw new SmxcError([graphContext(name, own, context, hasDocument(metadata))]);
  const { range, color } = inputFormat({ name, model, metadata }, given, { report });
  return (session) => {
    const input = session.inputNames[0]!;
    const sizes = fixedSizes(session, input);
    return {
      context: own,
      async betasOf(picture) {
        const found: Betas[] = [];
        for (const seen of networkPictures(color, picture)) {
          checkSize(sizes, seen);
          const outputs = await session.run(new Map([[input, imageToTensor(seen, range)]]));
          reportBetas(outputs, (betas) => {
            checkFinite(betas);
            found.push(betas);
          });
        }
        return found;
      },
    };
  };
}
