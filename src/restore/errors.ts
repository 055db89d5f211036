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
  error("run/no-image", "the model does not say how a picture becomes its input", {
    file,
    hint: 'add an "image" entry to the document: {"range":[0,1],"color":"rgb","scale":2}',
  });

/** @param hasDocument whether the graph was compiled from a document, which has all contexts */
export const graphContext = (file: string, own: string, wanted: string, hasDocument: boolean): Diagnostic =>
  error(
    "run/graph-context",
    `the graph computes β from ${CONTEXT_TEXTS[own]}; it cannot run with the context ${wanted}`,
    {
      file,
      ...(hasDocument
        ? remedy`give the model document in place of the graph, or compile it again with another ${option("context")}`
        : remedy`leave out ${option("context")}; the context of an exported graph is fixed by its nodes`),
    },
  );

const CONTEXT_TEXTS: Readonly<Record<string, string>> = {
  whole: "whole pictures",
  patch: "patches",
};

export const patchGraphTiles = (file: string): Diagnostic =>
  error("run/graph-tiles", "a graph that computes β from patches can only run a picture in one piece", {
    file,
    hint: "give the model document in place of the graph; smxc can cut only a document into tiles",
  });

/** @param obstacles why not, node by node */
export const graphTiles = (file: string, obstacles: readonly Obstacle[]): Diagnostic =>
  error("run/graph-tiles", `the graph cannot run in tiles${because(obstacles)}`, {
    file,
    ...remedy`run the picture in one piece with ${option("tile", "off")}, or, if smxc compiled the graph, give its model document instead`,
  });

/** Continues what is said of a picture of another size than the graph takes. */
export const noTilesEither = (obstacles: readonly Obstacle[]): string =>
  `, and the graph cannot run in tiles of that size${because(obstacles)}`;

export const tooSmallTiles = (reach: number, multiple: number): string =>
  `; tiles of that size are too large for it: each needs ${reach} more pixels around it${multiple > 1 ? `, and sizes that are multiples of ${multiple}` : ""}`;

function because(obstacles: readonly Obstacle[]): string {
  if (obstacles.length === 0) return "";
  const named = obstacles
    .slice(0, MOST_OBSTACLES)
    .map(({ node, operator, reason }) => `"${node}" (${operator}): ${reason}`);
  const more = obstacles.length - named.length;
  return `: ${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

const MOST_OBSTACLES = 3;

/** @param choice what would fit, or what is least */
export const tooLarge = (picture: Size, whole: RunCost, memory: number, choice: ContextChoice): Diagnostic =>
  error(
    "run/memory",
    `a picture of ${sizeText(picture)} pixels needs about ${bytesText(whole.bytes)} in one piece, but only ${bytesText(memory)} are allowed; ${insteadText(choice)}`,
    choice.kind === "none"
      ? remedy`allow more with ${option("memory")}, or run smaller pictures`
      : remedy`leave out ${option("context")} and ${option("tile")}, or allow more with ${option("memory")}`,
  );

function insteadText(choice: ContextChoice): string {
  if (choice.kind === "tiles")
    return `tiles of ${choice.side} pixels would fit, with the same result and ${choice.work.toFixed(2)} times the work`;
  if (choice.kind === "none" && choice.least !== undefined) return `parts need at least ${bytesText(choice.least)}`;
  return choice.kind === "none"
    ? "the network cannot run in parts"
    : "parts that share one β would fit, with the same result";
}

export const fixedTile = (file: string, side: number, { height, width }: Partial<Size>): Diagnostic =>
  error(
    "run/fixed-tile",
    `the graph takes only ${width ?? "any width"} × ${height ?? "any height"} pixels (width × height), so its tiles cannot have a side of ${side}`,
    { file, ...remedy`leave out ${option("tile")} to get tiles of the graph's fixed size` },
  );

/** What a graph that names no format lacks, with what it has. */
export const nothingToRun = (file: string): Diagnostic =>
  error("run/no-picture", "the graph has no input or no output, so it cannot restore pictures", {
    file,
    hint: "give a network that takes one picture and returns one",
  });

export const noPicture = (file: string, what: "input" | "output", name: string, type: string): Diagnostic =>
  error("run/no-picture", `the graph's ${what} "${name}" is ${type}, not a picture [N, 1 or 3, H, W] of float32`, {
    file,
    hint: "give a network that takes one picture and returns one, with the channels before height and width",
  });

export const otherInputs = (file: string, picture: string, others: readonly string[]): Diagnostic =>
  error(
    "run/other-inputs",
    `the graph needs other inputs besides the picture "${picture}", and their values are not known: ${listText(others)}`,
    {
      file,
      hint: "make them initializers of the graph, so that the picture is the only input",
    },
  );

export const otherDocumentInputs = (file: string, picture: string, others: readonly string[]): Diagnostic =>
  error("run/other-inputs", `the network needs other inputs besides the picture "${picture}": ${listText(others)}`, {
    file,
    ...remedy`import the network with a constant in place of the other input (FDnCNN: ${configValue("noise", 25)}), or compile it and feed the graph from your own program`,
  });

export const otherChannels = (file: string, taken: number, given: number): Diagnostic =>
  error(
    "run/other-channels",
    `the graph takes ${taken} channels and returns ${given}, so its result is not a picture like its input`,
    {
      file,
      hint: "give a network whose result has as many channels as its input",
    },
  );

export const unknownChannels = (file: string): Diagnostic =>
  error("run/no-channels", "the graph does not say how many channels its pictures have", {
    file,
    ...remedy`name the colours: ${pictureOption("color", "rgb", '"rgb"')}, or ${pictureOption("color", "grey", '"gray"')}`,
  });

export const colorOfOther = (file: string, color: PictureColor, channels: number): Diagnostic =>
  error(
    "run/wrong-color",
    `the graph takes pictures of ${channels === 1 ? "one channel" : "three channels"}; ${COLOR_TEXTS[color]} does not fit`,
    {
      file,
      hint: channels === 1 ? "use grey, or y (only the luma)" : "use rgb or bgr",
    },
  );

const COLOR_TEXTS: Readonly<Record<PictureColor, string>> = { rgb: "rgb", bgr: "bgr", gray: "grey", y: "y" };

export const noWholeScale = (file: string, picture: Size, result: Size): Diagnostic =>
  error(
    "run/no-scale",
    `for a picture of ${sizeText(picture)} pixels the graph returns ${sizeText(result)}, which is not a whole multiple of it`,
    {
      file,
      hint: "give a network whose result is 1, 2, 3 … times as large along each side; sizes are width × height",
    },
  );

/** @param cause why a first run, which would show it, failed */
export const unknownScale = (file: string, cause?: string): Diagnostic =>
  error(
    "run/no-scale",
    `the shapes of the graph do not show how much larger its result is${cause === undefined ? "" : `, and a first run failed: ${cause}`}`,
    {
      file,
      ...remedy`give the factor: ${pictureOption("scale", "2")}`,
    },
  );

export const documentFormat = (file: string): Diagnostic =>
  error("run/document-format", "a model document already says how a picture becomes its input", {
    file,
    ...remedy`leave out ${{ flag: "--range, --color and --scale", library: "picture" }}, and change the document's "image" entry`,
  });

export const otherThanSaid = (file: string, key: string, said: string, given: string): Diagnostic =>
  warning("run/other-format", `using the ${key} ${given} as requested, although the graph says ${said}`, {
    file,
    ...remedy`leave out ${{ flag: `--${key}`, library: `picture.${key}` }} to use the value of the graph`,
  });

export const scaleOfShapes = (file: string, given: number, found: number): Diagnostic =>
  error("run/wrong-scale", `the scale ${given} contradicts the graph, whose shapes say ${found}`, {
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
    `the graph takes only pictures of ${taken} pixels (width × height); this one has ${picture.width} × ${picture.height}${tiles}`,
    remedy`resize or crop the picture to that size, or get a graph for any size: compile it without ${option("height")} and ${option("width")}, or export it with dynamic sizes`,
  );
};

export const fixedBatch = (samples: number): Diagnostic =>
  error(
    "run/fixed-batch",
    `the graph takes ${samples} pictures at a time, but smxc runs one at a time`,
    remedy`compile the graph for any batch, without ${option("batch")}`,
  );

/** Where what the graph gives for a part, or the whole, of a picture is not what the scale says. */
export const wrongResultSize = (picture: Size, result: Size, scale: number): Diagnostic =>
  error(
    "run/wrong-scale",
    `for ${sizeText(picture)} pixels the network returns ${sizeText(result)} (width × height), but the model announces ${scale} times the size`,
    {
      ...remedy`correct the scale: ${pictureOption("scale", "2")}, or "scale" in the document's "image" entry; a network with several internal scales needs sizes that are multiples of the largest`,
    },
  );

export const wrongScale = (scale: number): Diagnostic =>
  error(
    "run/wrong-scale",
    `the network's output is larger than ${scale} times its input, which is the scale that the model announces`,
    {
      hint: 'correct "scale" in the document\'s "image" entry',
    },
  );

/** @param least bytes that would do */
export const tooLittleMemory = ({ width, height }: Size, memory: number, least: number): Diagnostic =>
  error(
    "run/memory",
    `a picture of ${width} × ${height} pixels needs at least ${megabytes(least)} MB with the context global, but only ${megabytes(memory)} MB are allowed`,
    remedy`allow more memory with ${option("memory", megabytes(least))}, or restore a part of the picture`,
  );

export const cannotScratch = (folder: string, cause: unknown): Diagnostic =>
  error(
    "run/scratch",
    `feature maps cannot be stored in the folder ${JSON.stringify(folder)}: ${(cause as Error).message}`,
    {
      ...remedy`name another folder in the environment variable TMPDIR, or allow more memory with ${option("memory")}`,
    },
  );

export const noRoomForScratch = (folder: string, wanted: number, free: number): Diagnostic =>
  error(
    "run/scratch",
    `feature maps need ${megabytes(wanted)} MB in the folder ${JSON.stringify(folder)}, which has room for ${Math.floor(free / 2 ** 20)} MB`,
    remedy`name another folder in the environment variable TMPDIR, or allow more memory with ${option("memory")}`,
  );

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
