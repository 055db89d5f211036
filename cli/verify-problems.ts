import type { Graph } from "../src/ir/graph.js";
import { crop, type Image, networkInput } from "../src/runtime/image.js";
import { readImage } from "../src/runtime/image-node.js";
import { inputSizes, type Problem, randomProblem, smallProblems, workOf } from "../src/verify/problems.js";
import type { Context } from "./command.js";
import type { LoadedModel } from "./load-model.js";

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
  model: Pick<LoadedModel, "spec">,
  graph: Graph,
  { image, shape, cap = false }: ProblemOptions,
): Promise<readonly Problem[]> {
  const problems = shape.map((size, index) => randomProblem(inputSizes(graph, size), index + 1));
  for (const file of image) problems.push(await pictureProblem(context, model, graph, file, cap));
  if (problems.length > 0) return problems;
  const usual = smallProblems(graph, 4);
  return usual.length > 0 ? usual : [randomProblem(inputSizes(graph, []), 1)];
}

async function pictureProblem(
  context: Notes,
  { spec }: Pick<LoadedModel, "spec">,
  graph: Graph,
  file: string,
  cap: boolean,
): Promise<Problem> {
  const format = spec.image ?? ({ color: "rgb", range: [0, 1] } as const);
  const read = await readImage(file, context.report);
  // A graph for one sample cannot take the channels of a colour picture as three.
  const [samples] = graph.inputs[0]!.shape;
  const picture = format.color === "gray" && samples === 1 ? firstChannel(read) : read;
  const part = cap ? affordable(graph, picture, format) : picture;
  const cut = part !== picture;
  if (cut) context.note(`${file}: compared on its middle, ${part.width}x${part.height}: the reference takes its time`);
  const { data, shape } = networkInput(part, format);
  const problem = randomProblem(inputSizes(graph, shape), 1);
  const main = { shape, data: Float64Array.from(data) };
  return {
    label: cut ? `${file}, middle ${part.width}x${part.height}` : file,
    inputs: new Map(problem.inputs).set(graph.inputs[0]!.name, main),
  };
}

function firstChannel(image: Image): Image {
  return { ...image, channels: 1, data: image.data.filter((_, index) => index % image.channels === 0) };
}

/** The picture, or the middle of it that the graph's fixed sizes and the reference's speed leave. */
function affordable(graph: Graph, picture: Image, format: Parameters<typeof networkInput>[1]): Image {
  const [height, width] = graph.inputs[0]!.shape.slice(-2);
  const fixed = {
    height: typeof height === "number" ? Math.min(height, picture.height) : picture.height,
    width: typeof width === "number" ? Math.min(width, picture.width) : picture.width,
  };
  const samples = format.color === "gray" ? [picture.channels, 1] : [1, 3];
  const shape = [...samples, fixed.height, fixed.width];
  const share = Math.min(1, WORK_PER_PICTURE / workOf(graph, inputSizes(graph, shape)));
  const part = {
    height: typeof height === "number" ? fixed.height : Math.max(1, Math.floor(fixed.height * Math.sqrt(share))),
    width: typeof width === "number" ? fixed.width : Math.max(1, Math.floor(fixed.width * Math.sqrt(share))),
  };
  if (part.height === picture.height && part.width === picture.width) return picture;
  const at = (whole: number, length: number): number => Math.floor((whole - length) / 2);
  return crop(picture, at(picture.width, part.width), at(picture.height, part.height), part.width, part.height);
}
