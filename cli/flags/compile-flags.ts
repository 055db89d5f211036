/** The flags of `compile`, shared by the commands that compile on the way. */

import type { CompileOptions } from "../../src/compile-options.js";
import { ROUTING_MODES } from "../../src/frontends/document/routing-modes.js";
import { LOWERING_NAMES } from "../../src/lowerings/names.js";
import { TARGETS } from "../../src/lowerings/targets.js";
import { choice, flag, grouped, type OptionSpec, option, optionOr, repeatedOption } from "./command.js";
import { filePath, type GraphDimension, graphDimension, name, opsetOrKeep, positiveInteger } from "./values.js";

export const targetFlag = choice("--target <provider>", "the execution provider that the graph is for", TARGETS, "cpu");

export const foldFlags = {
  routing: grouped(
    "Routing:",
    choice(
      "--routing <mode>",
      "dynamic, as the model says; fold: β becomes constant; hard: one expert is chosen; or another mode for the two-layer blocks of a document",
      ["dynamic", "fold", ...ROUTING_MODES],
      "dynamic",
    ),
  ),
  image: grouped(
    "Routing:",
    repeatedOption(
      "--image <file>",
      "take the β of a fold from this picture, tell on it what the hard choice of an ONNX graph costs, or check the values of float16 (repeatable)",
      filePath,
    ),
  ),
  images: grouped("Routing:", option("--images <dir>", "the same for all pictures of a folder", filePath)),
  beta: grouped(
    "Routing:",
    option(
      "--beta <file.json>",
      'take it from a file, {"beta.<layer>": [experts][cardinals]}, or decide it by an input, {"style": [numbers]}',
      filePath,
    ),
  ),
  foldLayers: grouped(
    "Routing:",
    repeatedOption(
      "--fold-layers <pattern>",
      "fold only the routers of these layers; * stands for any text (repeatable)",
      name,
    ),
  ),
} as const;

export const compileFlags = {
  context: grouped(
    "Routing:",
    choice(
      "--context <kind>",
      "what β is pooled over: whole pictures, or patches of the training size inside the graph",
      ["whole", "patch"],
      "whole",
    ),
  ),
  lowering: grouped(
    "How it runs:",
    choice("--lowering <name>", "how mixed convolutions are run", ["auto", ...LOWERING_NAMES], "auto"),
  ),
  target: grouped("How it runs:", targetFlag),
  threads: grouped(
    "How it runs:",
    optionOr(
      "--threads <n>",
      "threads of each session that will run the graph; for several, Winograd is taken only where it gains on every kind of machine that was measured",
      positiveInteger,
      1,
    ),
  ),
  winograd: grouped(
    "How it runs:",
    flag("--no-winograd", "use no Winograd convolutions, which are faster and round differently (by about 1e-5)"),
  ),
  portable: grouped(
    "How it runs:",
    flag(
      "--portable",
      "write no control flow (Scan, Loop, If), which some runtimes lack; without Winograd, and slower on the CPU",
    ),
  ),
  batch: grouped(
    "Sizes:",
    option(
      "--batch <n>",
      "pictures per run: a number, dynamic, or keep, as the source says (default: dynamic; of an ONNX graph where that is proven)",
      graphDimension,
    ),
  ),
  height: grouped(
    "Sizes:",
    option(
      "--height <n>",
      "input rows, likewise (default of an ONNX graph: keep; what it fixes is opened where that is proven)",
      graphDimension,
    ),
  ),
  width: grouped(
    "Sizes:",
    option(
      "--width <n>",
      "input columns, likewise (default of an ONNX graph: keep; opened as rows are)",
      graphDimension,
    ),
  ),
  opset: grouped(
    "Format:",
    option(
      "--opset <n>",
      "ONNX operator set, 17 to 21, or keep (default: the lowest that a document needs; an ONNX graph's own, raised where smxc's nodes need it)",
      opsetOrKeep,
    ),
  ),
  dtype: grouped(
    "Format:",
    choice(
      "--dtype <type>",
      "element type of weights and feature maps; inputs, outputs and routers stay float32",
      ["float32", "float16"],
      "float32",
    ),
  ),
  exposeBeta: grouped(
    "Format:",
    flag(
      "--expose-beta",
      "add every β as an output beta.<layer> [N, experts, cardinals]; of an ONNX graph beta.<convolution>",
    ),
  ),
} as const;

/** What the flags say, as the compiler takes it. */
export function compileOptionsOf(
  options: {
    readonly [Key in keyof typeof compileFlags]: (typeof compileFlags)[Key] extends OptionSpec<infer T> ? T : never;
  },
): CompileOptions {
  const { opset, ...rest } = options;
  return {
    target: rest.target,
    context: rest.context,
    dtype: rest.dtype,
    lowering: rest.lowering,
    winograd: rest.winograd,
    portable: rest.portable,
    threads: rest.threads,
    batch: openUnlessFixed(rest.batch),
    height: openUnlessFixed(rest.height),
    width: openUnlessFixed(rest.width),
    exposeBeta: rest.exposeBeta,
    ...(typeof opset === "number" ? { opset } : {}),
  };
}

/** Documents leave their sizes open. */
function openUnlessFixed(size: GraphDimension | undefined): number | "dynamic" {
  return typeof size === "number" ? size : "dynamic";
}
