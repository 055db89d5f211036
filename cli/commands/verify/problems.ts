import { inFile, placeErrors } from "../../../src/base/place-errors.js";
import type { Graph } from "../../../src/ir/graph.js";
import { workOf } from "../../../src/ir/work.js";
import type { DocumentModel } from "../../../src/open-model.js";
import { crop, type Image } from "../../../src/pictures/image.js";
import { channelsOf } from "../../../src/restore/graph-format.js";
import { networkInput } from "../../../src/restore/network-input.js";
import { checkSizes, inputSizes, type Problem, randomProblem, smallProblems } from "../../../src/verify/problems.js";
import type { Context } from "../../flags/command.js";
import { readPicture } from "../../pictures/read-picture.js";

export interface ProblemOptions {
  readonly image: readonly string[];
  readonly shape: readonly (readonly number[])[];
  /** Whether large pictures are cut, so that the reference interpreter ends in seconds. */
  readonly cap?: boolean;
}

type Notes = Pick<Context, "note" | "report">;

/** Multiply-accumulates, and values, that the reference interpreter may spend on a picture: about ten seconds. */
const WORK_PER_PICTURE = 5e9;

/** The inputs to compare on: given sizes and pictures, or a few small random ones. */
export async function problemsOf(
  context: Notes,
  model: Pick<DocumentModel, "spec">,
  graph: Graph,
  { image, shape, cap = false }: ProblemOptions,
): Promise<readonly Problem[]> {
  const problems = shape.map((size, index) => randomProblem(possibleSizes(graph, size), index + 1));
  for (const file of image) problems.push(await pictureProblem(context, model, graph, file, cap));
  if (problems.length > 0) return problems;
  const usual = smallProblems(graph, 4);
  return usual.length > 0 ? usual : [randomProblem(possibleSizes(graph, []), 1)];
}

/** @throws SmxcError `usage/shape` where the network does not take the size */
function possibleSizes(graph: Graph, shape: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const sizes = inputSizes(graph, shape);
  checkSizes(graph, sizes);
  return sizes;
}

async function pictureProblem(
  context: Notes,
  { spec }: Pick<DocumentModel, "spec">,
  graph: Graph,
  file: string,
  cap: boolean,
): Promise<Problem> {
  const format = spec.image ?? ({ color: "rgb", range: [0, 1] } as const);
  const read = await readPicture(context, file);
  // A graph for one sample cannot take the channels of a colour picture as three.
  const [samples] = graph.inputs[0]!.shape;
  const picture = format.color === "gray" && samples === 1 ? firstChannel(read) : read;
  const part = cap ? await placeErrors(inFile(file), () => affordable(graph, picture, format)) : picture;
  const cut = part !== picture;
  if (cut)
    context.note(`${file}: only its middle is compared (${part.width}x${part.height}), because the reference is slow`);
  const { data, shape } = networkInput(part, format);
  const problem = await placeErrors(inFile(file), () => randomProblem(possibleSizes(graph, shape), 1));
  const main = { shape, data: Float64Array.from(data) };
  return {
    label: cut ? `${file}, middle ${part.width}x${part.height}` : file,
    inputs: new Map(problem.inputs).set(graph.inputs[0]!.name, main),
  };
}

type Size = Pick<Image, "height" | "width">;

function firstChannel(image: Image): Image {
  return { ...image, channels: 1, data: image.data.filter((_, index) => index % image.channels === 0) };
}

/** The picture, or its middle, if the fixed sizes of the graph or the speed of the reference require it. */
function affordable(graph: Graph, picture: Image, format: Parameters<typeof networkInput>[1]): Image {
  const [height, width] = graph.inputs[0]!.shape.slice(-2);
  const fixed = {
    height: typeof height === "number" ? Math.min(height, picture.height) : picture.height,
    width: typeof width === "number" ? Math.min(width, picture.width) : picture.width,
  };
  const samples = format.color === "gray" ? [picture.channels, 1] : [1, channelsOf(format.color)];
  const sizes = inputSizes(graph, [...samples, fixed.height, fixed.width]);
  checkSizes(graph, sizes);
  const share = Math.min(1, WORK_PER_PICTURE / workOf(graph, sizes));
  const free = { height: typeof height !== "number", width: typeof width !== "number" };
  const side = (name: "height" | "width", step: number): number =>
    free[name] ? Math.max(1, Math.floor((fixed[name] * Math.sqrt(share)) / step) * step) : fixed[name];
  // Some networks take sizes that divide by the factor of a pixel unshuffle only.
  const parts = [1, 2, 4, 8, 16].map((step) => ({ height: side("height", step), width: side("width", step) }));
  const takes = (part: Size): boolean =>
    Number.isFinite(workOf(graph, inputSizes(graph, [...samples, part.height, part.width])));
  const part = (share < 1 ? parts.find(takes) : undefined) ?? parts[0]!;
  if (part.height === picture.height && part.width === picture.width) return picture;
  const at = (whole: number, length: number): number => Math.floor((whole - length) / 2);
  return crop(picture, at(picture.width, part.width), at(picture.height, part.height), part.width, part.height);
}
