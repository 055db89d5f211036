/** What can be wrong with pictures and with runs of graphs. */
import { type Diagnostic, error, warning } from "../diagnostics.js";
import { option, type Remedy, remedy } from "../remedy.js";
import { explain } from "../weights/file-errors.js";

interface Size {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const dims = ({ width, height, channels }: Size) =>
  `${width} × ${height} pixels of ${channels} channel${channels === 1 ? "" : "s"}`;

export const channelsMismatch = (shape: readonly number[]): Diagnostic =>
  error("image/channels", `a tensor of shape [${shape.join(", ")}] is no picture: a picture has 1 or 3 channels`, {
    hint: "smxc run restores pictures with networks whose input and output are pictures",
  });

export const notFinite = (channel: number, x: number, y: number): Diagnostic =>
  error("image/not-finite", "the network's output holds NaN or an infinite value", {
    place: `channel ${channel}, x ${x}, y ${y}`,
    hint: "check the weights for NaN and infinite values: smxc verify names the first layer whose values are not finite",
  });

export const differentSizes = (a: Size, b: Size): Diagnostic =>
  error("metrics/different-sizes", `the pictures differ in size: ${dims(a)} against ${dims(b)}`, {
    hint: "compare a picture with one of the same size",
  });

export const tooSmallForSsim = (width: number, height: number, least: number): Diagnostic =>
  error("metrics/too-small", `SSIM needs ${least} × ${least} pixels; ${width} × ${height} are left after the shave`, {
    hint: "shave less, or take a larger picture",
  });

export const nothingLeft = (picture: Size, shave: number): Diagnostic =>
  error("metrics/nothing-left", `a shave of ${shave} leaves nothing of ${dims(picture)}`, {
    hint: "shave less, or take a larger picture",
  });

export const cannotReadImage = (file: string, cause: unknown): Diagnostic => {
  const { meaning } = explain(cause as Error);
  return error("image/cannot-read", `the picture cannot be read: ${meaning}`, { file, hint: NAME_AND_PERMISSIONS });
};

const NAME_AND_PERMISSIONS = "check the name and the permissions of the file";

export const unknownExtension = (file: string): Diagnostic =>
  error("image/unknown-extension", "the extension names no picture format that smxc writes", {
    file,
    hint: "use .png, .jpg, .jpeg, .webp, .tif or .tiff",
  });

export const damagedImage = (file: string, cause: string): Diagnostic =>
  error("image/damaged", `the picture is damaged or cut off: ${complaints(cause)}`, {
    file,
    hint: "download or copy it again",
  });

export const imageTooLarge = (file: string, width: number, height: number, most: number): Diagnostic =>
  error("image/too-large", `the picture's header announces ${width} × ${height} pixels; at most ${most} are read`, {
    file,
    hint: "cut the picture into parts",
  });

export const unsupportedSamples = (file: string, depth: string): Diagnostic =>
  error("image/unsupported-samples", `the picture has samples of type ${depth}; smxc reads 8 and 16 bits`, {
    file,
    hint: "convert the picture to PNG with 8 or 16 bits",
  });

export const turnedUpright = (file: string): Diagnostic =>
  warning("image/turned", "the picture was turned upright, as its EXIF orientation says", { file });

export const firstPageOnly = (file: string, pages: number): Diagnostic =>
  warning("image/first-page", `only the first of ${pages} pages or frames is read`, { file });

export const cmyk = (file: string): Diagnostic =>
  warning("image/cmyk", "the picture is CMYK and was converted to sRGB; some of its colours have no equal there", {
    file,
  });

export const convertedProfile = (file: string): Diagnostic =>
  warning("image/converted-profile", "the colours were converted from the picture's own profile to sRGB", { file });

export const convertedColours = (file: string, said: string): Diagnostic =>
  warning("image/converted-colours", `the colours were converted to sRGB, according to ${said}`, { file });

export const unknownColours = (file: string, reason: string): Diagnostic =>
  warning("image/unknown-colours", `${reason}; the samples are taken as sRGB`, {
    file,
    hint: "where the colours matter, convert the picture to sRGB first",
  });

export const mendedImage = (file: string, notes: readonly string[]): Diagnostic =>
  warning("image/mended", `the file breaks the rules of its format, but all samples are there: ${notes.join("; ")}`, {
    file,
  });

export const droppedAlpha = (file: string): Diagnostic =>
  warning("image/dropped-alpha", "the format has no opacity; the picture's was left out", {
    file,
    hint: "write a PNG, WebP or TIFF file to keep it",
  });

export const tooLargeForFormat = (file: string, width: number, height: number, most: number): Diagnostic =>
  error(
    "image/too-large-for-format",
    `the result has ${width} × ${height} pixels; the format holds ${most} on a side`,
    {
      file,
      hint: "write a PNG or TIFF file",
    },
  );

export const noRoomForResult = (width: number, height: number): Diagnostic =>
  error("image/no-room", `there is no memory for a result of ${width} × ${height} pixels`, {
    hint: "cut the picture into parts",
  });

export const sharpMissing = (cause: string): Diagnostic =>
  error("image/no-sharp", `the picture library sharp cannot be loaded: ${firstLine(cause)}`, {
    hint: "install it for this system: npm install --include=optional sharp",
  });

export const externalMissing = (file: string, location: string, why: string): Diagnostic =>
  error("onnx/external-missing", `the external data "${location}" cannot be read: ${why}`, {
    file,
    hint: "keep the .data file beside the graph",
  });

export const runtimeMissing = (cause: string): Diagnostic =>
  error("runtime/not-installed", `onnxruntime-node, which runs graphs, cannot be loaded: ${firstLine(cause)}`, {
    // Its install script only downloads CUDA libraries; where that fails, npm drops the package without a word.
    ...remedy`install it without CUDA's libraries (npm install onnxruntime-node --ignore-scripts), or run on WebAssembly with ${option("target", "wasm")}`,
  });

export const cannotReadModel = (file: string, cause: unknown): Diagnostic => {
  const { meaning } = explain(cause as Error);
  return error("runtime/cannot-read", `the graph cannot be read: ${meaning}`, { file, hint: NAME_AND_PERMISSIONS });
};

/** @param sizes of the inputs of a run, with their names */
export const runtimeFailed = (
  file: string,
  action: "load" | "run",
  cause: string,
  sizes: readonly string[] = [],
): Diagnostic => {
  const given = { hint: `it was given ${sizes.join(", ")}; a network may not take every size: try another` };
  const hints = RUNTIME_HINTS.find(([pattern]) => pattern.test(cause))?.[1] ?? (sizes.length > 0 ? given : {});
  return error("runtime/failed", `ONNX Runtime cannot ${action} the graph: ${oneLine(cause)}`, { file, ...hints });
};

/** Remedies by what ONNX Runtime says. */
const RUNTIME_HINTS: readonly (readonly [pattern: RegExp, hints: Partial<Remedy>])[] = [
  [
    /Provider_Cuda|CUDA/i,
    remedy`CUDA needs onnxruntime-node's GPU package and NVIDIA's libraries; see the README, or use ${option("target", "cpu")}`,
  ],
  [/WebGPU adapter|WebGpuContext/, remedy`no graphics adapter was found; use ${option("target", "cpu")}`],
  [/Protobuf parsing failed/, { hint: "is it an ONNX file? smxc check says what is wrong with it" }],
  [/File doesn't exist/, { hint: "check the name of the file" }],
  [/fallback to CPU EP/, { hint: "some operators of the graph have no kernel on this target" }],
  [
    /external data path could not be canonicalized/,
    remedy`onnxruntime-web reads no weights of a Scan, Loop or If from another file; smxc keeps them in the graph that it compiles with ${option("target", "wasm")}`,
  ],
];

export const missingFeed = (file: string, input: string): Diagnostic =>
  error("runtime/missing-feed", `the graph's input "${input}" is given no value`, {
    file,
    place: input,
    hint: "feed every input of the graph",
  });

export const unknownFeed = (file: string, name: string, inputs: readonly string[]): Diagnostic =>
  error("runtime/unknown-feed", `the graph has no input "${name}"`, {
    file,
    hint: `its inputs are ${inputs.join(", ")}`,
  });

export const lostOutput = (file: string, output: string): Diagnostic =>
  error("runtime/lost-output", `ONNX Runtime's JavaScript interface gives no value for the output "${output}"`, {
    file,
    place: output,
    hint: "give the output another name",
  });

export const unsupportedType = (file: string, name: string, type: string): Diagnostic =>
  error("runtime/unsupported-type", `"${name}" is of type ${type}, which smxc neither feeds nor reads`, {
    file,
    place: name,
    hint: "give inputs and outputs a float, int32, int64 or bool type",
  });

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

/** What sharp says of itself, and of where it was. */
const NO_COMPLAINT = /^(Warning treated as error due to failOn setting|error in tile .*|)$/;

/** What decoders complained about, each once. */
function complaints(cause: string): string {
  const lines = cause.split("\n").map((line) => line.trim());
  const told = new Set(lines.filter((line) => !NO_COMPLAINT.test(line)));
  return oneLine([...told].join("; "));
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ").replace(/\.$/, "");
}
