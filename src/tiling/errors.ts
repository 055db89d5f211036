/** What can be wrong with the context in which β is pooled. */
import { type Diagnostic, error } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";

const CONTEXT = "/context";

export const noPatchContext = (): Diagnostic =>
  error(
    "context/none",
    'the document has no context of kind "patch", so it does not say how pictures are cut into patches',
    {
      ...remedy`add a "context" of kind "patch" to the document, or use ${option("context", "whole")}`,
    },
  );

export const badRule = (fault: string): Diagnostic =>
  error("context/rule", `the patch context does not cover every picture: ${fault}`, {
    pointer: CONTEXT,
    hint: "use the values of the published evaluation: frame 4, stride patch - 16, borderWeight 0.3 and wholeBelow 4 * patch",
  });

export const noRegionEnd = (end: "from" | "to", name: string, near: string | undefined): Diagnostic =>
  error("context/no-value", `the region's "${end}" names "${name}", but the network has no such value`, {
    pointer: `${CONTEXT}/region/${end}`,
    hint: near === undefined ? "name an input or a layer" : `did you mean "${near}"?`,
  });

export const emptyRegion = (from: string, to: string): Diagnostic =>
  error("context/empty-region", `no layer leads from "${from}" to "${to}"`, {
    pointer: `${CONTEXT}/region`,
    hint: "the region must start at the value that is cut and end at the value that is blended",
  });

export const regionReads = (layer: string, value: string): Diagnostic =>
  error("context/region-reads", `the region's layer "${layer}" reads "${value}", which is not cut into patches`, {
    pointer: `${CONTEXT}/region/from`,
    hint: "change the region: its layers may read only the value that is cut, values of the region, and tensors",
  });

export const regionLeaks = (layer: string, value: string): Diagnostic =>
  error("context/region-leaks", `"${layer}", which is not in the region, reads "${value}", which is cut into patches`, {
    pointer: `${CONTEXT}/region/to`,
    hint: "read the last value of the region instead; only that one is blended to a whole picture",
  });

export const regionShape = (message: string): Diagnostic =>
  error("context/region-shape", message, {
    pointer: `${CONTEXT}/region`,
    hint: "the region must keep the height and width of the value that is cut",
  });

export const notLocal = (layer: string, op: string): Diagnostic =>
  error("context/not-local", `the layer "${layer}" (${op}) cannot run on a part of a picture`, {
    place: layer,
    ...remedy`run the picture in one piece: ${option("context", "whole")}${{ library: ", ", flag: " " }}${option("tile", "off")}`,
  });
