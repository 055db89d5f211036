/** What can be wrong with networks that restore pictures. */
import { type Diagnostic, error, warning } from "../base/diagnostics.js";
import { configValue, type NamedOption, option, remedy } from "../base/remedy.js";
import { listText } from "../base/text/alike.js";
import type { PictureColor } from "../frontends/document/document.js";
import type { ContextChoice, RunCost } from "./cost/context-choice.js";
import { bytesText } from "./cost/cost-text.js";
import type { Obstacle } from "./obstacle.js";
import type { Size } from "./tiles.js";

export const noImage = (file: string): Diagnostic =>
  error("run/no-image", "the model does not say how pictures become its input", {
    file,
    hint: 'give the document an "image" entry: {"range":[0,1],"color":"rgb","scale":2}',
  });

/** @param hasDocument whether the graph was compiled from a document, which has all contexts */
export const graphContext = (file: string, own: string, wanted: string, hasDocument: boolean): Diagnostic =>
  error("run/graph-context", `the graph pools β over ${CONTEXT_TEXTS[own]}; it cannot run with the context ${wanted}`, {
    file,
    ...(hasDocument
      ? remedy`give the model document in place of the graph, or compile the graph with another ${option("context")}`
      : remedy`leave out ${option("context")}: an exported graph has the context of its nodes`),
  });

const CONTEXT_TEXTS: Readonly<Record<string, string>> = {
  whole: "whole pictures",
  patch: "patches",
};

export const patchGraphTiles = (file: string): Diagnostic =>
  error("run/graph-tiles", "a graph that pools β over patches runs a picture in one piece", {
    file,
    hint: "give the model document in place of the graph: tiles are made of its parts",
  });

/** @param obstacles why not, node by node */
export const graphTiles = (file: string, obstacles: readonly Obstacle[]): Diagnostic =>
  error("run/graph-tiles", `the graph cannot run in tiles${because(obstacles)}`, {
    file,
    ...remedy`run the picture in one piece: ${option("tile", "off")}; for a graph that smxc compiled, give its model document`,
  });

/** Continues what is said of a picture of another size than the graph takes. */
export const noTilesEither = (obstacles: readonly Obstacle[]): string =>
  `, and the graph cannot run in tiles of that size${because(obstacles)}`;

export const tooSmallTiles = (reach: number, multiple: number): string =>
  `; tiles of that size do not fit it: each needs ${reach} pixels around its part${multiple > 1 ? `, and sizes that are multiples of ${multiple}` : ""}`;

function because(obstacles: readonly Obstacle[]): string {
  if (obstacles.length === 0) return "";
  const told = obstacles
    .slice(0, MOST_OBSTACLES)
    .map(({ node, operator, reason }) => `"${node}" (${operator}): ${reason}`);
  const more = obstacles.length - told.length;
  return `: ${told.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

const MOST_OBSTACLES = 3;

/** @param choice what would fit, or what is least */
export const tooLarge = (picture: Size, whole: RunCost, memory: number, choice: ContextChoice): Diagnostic =>
  error(
    "run/memory",
    `a picture of ${sizeText(picture)} pixels in one piece takes about ${bytesText(whole.bytes)}, and ${bytesText(memory)} are allowed; ${insteadText(choice)}`,
    choice.kind === "none"
      ? remedy`allow more with ${option("memory")}, or run smaller pictures`
      : remedy`leave out ${option("context")} and ${option("tile")}, or allow more with ${option("memory")}`,
  );

function insteadText(choice: ContextChoice): string {
  if (choice.kind === "tiles")
    return `tiles of ${choice.side} pixels would fit and give the same, with ${choice.work.toFixed(2)} times the work`;
  if (choice.kind === "none" && choice.least !== undefined) return `parts take ${bytesText(choice.least)} at the least`;
  return choice.kind === "none" ? "the network cannot run in parts" : "parts that share β would fit and give the same";
}

export const fixedTile = (file: string, side: number, { height, width }: Partial<Size>): Diagnostic =>
  error(
    "run/fixed-tile",
    `the graph takes ${width ?? "any width"} × ${height ?? "any height"} pixels only (width × height), so its tiles cannot be of ${side}`,
    { file, ...remedy`leave out ${option("tile")}: tiles of the graph's own size are cut` },
  );

/** What a graph that names no format lacks, with what it has. */
export const nothingToRun = (file: string): Diagnostic =>
  error("run/no-picture", "the graph has no input or no output, so it takes no pictures", {
    file,
    hint: "give a network that takes a picture and gives one",
  });

export const noPicture = (file: string, what: "input" | "output", name: string, type: string): Diagnostic =>
  error("run/no-picture", `the graph's ${what} "${name}", ${type}, is no picture [N, 1 or 3, H, W] of float32`, {
    file,
    hint: "give a network that takes a picture and gives one, its channels before height and width",
  });

export const otherInputs = (file: string, picture: string, others: readonly string[]): Diagnostic =>
  error(
    "run/other-inputs",
    `beside "${picture}" the graph wants other inputs, which are not known: ${listText(others)}`,
    {
      file,
      hint: "make them initializers of the graph: a network of pictures takes a picture alone",
    },
  );

export const otherDocumentInputs = (file: string, picture: string, others: readonly string[]): Diagnostic =>
  error("run/other-inputs", `beside the picture "${picture}" the network wants ${listText(others)}`, {
    file,
    ...remedy`here a network gets a picture alone: import it with a value in place of the other (FDnCNN: ${configValue("noise", 25)}), or compile it and feed the graph in a program of yours`,
  });

export const otherChannels = (file: string, taken: number, given: number): Diagnostic =>
  error(
    "run/other-channels",
    `the graph takes ${taken} channels and gives ${given}, so its result is no picture of that kind`,
    {
      file,
      hint: "give a network whose result has the channels of its picture",
    },
  );

export const unknownChannels = (file: string): Diagnostic =>
  error("run/no-channels", "the graph does not say how many channels its pictures have", {
    file,
    ...remedy`say what they are: ${pictureOption("color", "rgb", '"rgb"')}, or ${pictureOption("color", "grey", '"gray"')}`,
  });

export const colorOfOther = (file: string, color: PictureColor, channels: number): Diagnostic =>
  error(
    "run/wrong-color",
    `the graph takes pictures of ${channels === 1 ? "one channel" : "three channels"}, which ${COLOR_TEXTS[color]} is not`,
    {
      file,
      hint: channels === 1 ? "it takes grey, or y: luma alone" : "it takes rgb or bgr",
    },
  );

const COLOR_TEXTS: Readonly<Record<PictureColor, string>> = { rgb: "rgb", bgr: "bgr", gray: "grey", y: "y" };

export const noWholeScale = (file: string, picture: Size, result: Size): Diagnostic =>
  error(
    "run/no-scale",
    `for a picture of ${sizeText(picture)} pixels the graph gives ${sizeText(result)}, which is no whole multiple of it`,
    {
      file,
      hint: "give a network whose result is 1, 2, 3 … times as large along each side; sizes are width × height",
    },
  );

/** @param cause why a first run, which would tell, failed */
export const unknownScale = (file: string, cause?: string): Diagnostic =>
  error(
    "run/no-scale",
    `the shapes of the graph do not tell how much larger its result is${cause === undefined ? "" : `, and a first run failed: ${cause}`}`,
    {
      file,
      ...remedy`say it: ${pictureOption("scale", "2")}`,
    },
  );

export const documentFormat = (file: string): Diagnostic =>
  error("run/document-format", "a model document says itself how pictures become its input", {
    file,
    ...remedy`leave out ${{ flag: "--range, --color and --scale", library: "picture" }}, and change the document's "image" entry`,
  });

export const otherThanSaid = (file: string, key: string, said: string, told: string): Diagnostic =>
  warning("run/other-format", `the ${key} ${told} is taken, where the graph says ${said}`, {
    file,
    ...remedy`leave out ${{ flag: `--${key}`, library: `picture.${key}` }} to take what the graph says`,
  });

export const scaleOfShapes = (file: string, told: number, found: number): Diagnostic =>
  error("run/wrong-scale", `the scale ${told} is not that of the graph, whose shapes say ${found}`, {
    file,
    ...remedy`leave out ${{ flag: "--scale", library: "picture.scale" }}`,
  });

/** How pictures are read, as an option. */
function pictureOption(key: string, value: string, library = value): NamedOption {
  return { flag: `--${key} ${value}`, library: `picture: { ${key}: ${library} }` };
}

function sizeText({ height, width }: Size): string {
  return `${width} × ${height}`;
}

/**
 * @param fixed the sizes that the graph takes; undefined where it takes any
 * @param tiles why the picture cannot be cut into tiles of that size, where that is known
 */
export const wrongPictureSize = (
  picture: Size,
  fixed: { readonly width?: number | undefined; readonly height?: number | undefined },
  tiles = "",
): Diagnostic => {
  const taken = `${fixed.width ?? "any width"} × ${fixed.height ?? "any height"}`;
  return error(
    "run/wrong-size",
    `the graph takes pictures of ${taken} pixels only (width × height); this one has ${picture.width} × ${picture.height}${tiles}`,
    remedy`resize or crop the picture to that size; for any size compile the graph without ${option("height")} and ${option("width")}, or export it with open sizes`,
  );
};

export const fixedBatch = (samples: number): Diagnostic =>
  error(
    "run/fixed-batch",
    `the graph takes ${samples} pictures at a time; smxc runs one`,
    remedy`compile the graph for any batch: without ${option("batch")}`,
  );

/** Where what the graph gives for a part, or the whole, of a picture is not what the scale says. */
export const wrongResultSize = (picture: Size, result: Size, scale: number): Diagnostic =>
  error(
    "run/wrong-scale",
    `for ${sizeText(picture)} pixels the network gives ${sizeText(result)} (width × height), which is not the ${scale} times that the model announces`,
    {
      ...remedy`correct the scale: ${pictureOption("scale", "2")}, or "scale" in the document's "image" entry; networks of several scales take sizes that are multiples of their largest`,
    },
  );

export const wrongScale = (scale: number): Diagnostic =>
  error("run/wrong-scale", `the network's output is larger than the ${scale} times that the model announces`, {
    hint: 'correct "scale" in the document\'s "image" entry',
  });

/** @param least bytes that would do */
export const tooLittleMemory = ({ width, height }: Size, memory: number, least: number): Diagnostic =>
  error(
    "run/memory",
    `a picture of ${width} × ${height} pixels wants at least ${megabytes(least)} MB in the context global, of which ${megabytes(memory)} MB may be taken`,
    remedy`allow it more: ${option("memory", megabytes(least))}, or restore a part of the picture`,
  );

export const cannotScratch = (folder: string, cause: unknown): Diagnostic =>
  error(
    "run/scratch",
    `feature maps cannot be kept in the folder ${JSON.stringify(folder)}: ${(cause as Error).message}`,
    {
      ...remedy`name another folder in the environment variable TMPDIR, or allow more memory: ${option("memory")}`,
    },
  );

export const noRoomForScratch = (folder: string, wanted: number, free: number): Diagnostic =>
  error(
    "run/scratch",
    `feature maps take ${megabytes(wanted)} MB in the folder ${JSON.stringify(folder)}, which has room for ${Math.floor(free / 2 ** 20)} MB`,
    remedy`name another folder in the environment variable TMPDIR, or allow more memory: ${option("memory")}`,
  );

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
