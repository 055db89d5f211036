/** What can be wrong with networks that restore pictures. */
import { type Diagnostic, error } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";

export const noImage = (file: string): Diagnostic =>
  error("run/no-image", "the model does not say how pictures become its input", {
    file,
    hint: 'give the document an "image" entry: {"range":[0,1],"color":"rgb","scale":2}',
  });

export const graphContext = (file: string, own: string, wanted: string): Diagnostic =>
  error("run/graph-context", `the graph pools β over ${CONTEXT_TEXTS[own]}; it cannot run with the context ${wanted}`, {
    file,
    ...remedy`give the model document in place of the graph, or compile the graph with another ${option("context")}`,
  });

const CONTEXT_TEXTS: Readonly<Record<string, string>> = {
  whole: "whole pictures",
  patch: "patches",
};

export const graphTiles = (file: string): Diagnostic =>
  error("run/graph-tiles", "a graph runs a picture in one piece", {
    file,
    hint: "give the model document in place of the graph: tiles are made of its parts",
  });

/** @param fixed the sizes that the graph takes; undefined where it takes any */
export const wrongPictureSize = (
  picture: { readonly width: number; readonly height: number },
  fixed: { readonly width: number | undefined; readonly height: number | undefined },
): Diagnostic => {
  const taken = `${fixed.width ?? "any width"} × ${fixed.height ?? "any height"}`;
  return error(
    "run/wrong-size",
    `the graph takes pictures of ${taken} pixels only (width × height); this one has ${picture.width} × ${picture.height}`,
    remedy`resize or crop the picture to that size, or compile the graph for any size: without ${option("height")} and ${option("width")}`,
  );
};

export const fixedBatch = (samples: number): Diagnostic =>
  error(
    "run/fixed-batch",
    `the graph takes ${samples} pictures at a time; smxc runs one`,
    remedy`compile the graph for any batch: without ${option("batch")}`,
  );

export const wrongScale = (scale: number): Diagnostic =>
  error("run/wrong-scale", `the network's output is larger than the ${scale} times that the model announces`, {
    hint: 'correct "scale" in the document\'s "image" entry',
  });
