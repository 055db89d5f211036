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
      "dynamic: β is computed for each picture, as in the model; fold: β is replaced by a constant; hard: one expert is chosen; exact, merged, dense: how two-layer blocks of a document sum their groups",
      ["dynamic", "fold", ...ROUTING_MODES],
      "dynamic",
    ),
  ),
  image: grouped(
    "Routing:",
    repeatedOption(
      "--image <file>",
      "a picture: fold takes β from it; hard, on an ONNX graph, measures its cost on it; --dtype float16 checks the range of values on it (repeatable)",
      filePath,
    ),
  ),
  images: grouped("Routing:", option("--images <dir>", "the same with all pictures of a folder", filePath)),
  beta: grouped(
    "Routing:",
    option(
      "--beta <file.json>",
      'fold takes β from this file: {"beta.<layer>": [experts][cardinals]}, or computes it from the value of an input: {"style": [numbers]}',
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
      "the part of a picture from which a router computes β: the whole picture, or each patch of the training size, cut inside the graph",
      ["whole", "patch"],
      "whole",
    ),
  ),
  lowering: grouped(
    "How it runs:",
    choice(
      "--lowering <name>",
      "the lowering: how mixed convolutions are written in ONNX operators",
      ["auto", ...LOWERING_NAMES],
      "auto",
    ),
  ),
  target: grouped("How it runs:", targetFlag),
  threads: grouped(
    "How it runs:",
    optionOr(
      "--threads <n>",
      "threads of each session that will run the graph; with more than one, Winograd is used only where it was faster on every kind of machine that was measured",
      positiveInteger,
      1,
    ),
  ),
  winograd: grouped(
    "How it runs:",
    flag("--no-winograd", "use no Winograd convolutions (they are faster, but round differently, by about 1e-5)"),
  ),
  portable: grouped(
    "How it runs:",
    flag(
      "--portable",
      "write no control flow (Scan, Loop, If), which some runtimes lack; this excludes Winograd and is slower on the CPU",
    ),
  ),
  batch: grouped(
    "Sizes:",
    option(
      "--batch <n>",
      "pictures per run: a number, dynamic, or keep (as in the model); default: dynamic, for an ONNX graph only if that is proven to be right",
      graphDimension,
    ),
  ),
  height: grouped(
    "Sizes:",
    option(
      "--height <n>",
      "input rows: a number, dynamic, or keep; default: dynamic, for an ONNX graph keep. A size that an ONNX graph fixes can change only if smxc proves that the graph works at other sizes",
      graphDimension,
    ),
  ),
  width: grouped("Sizes:", option("--width <n>", "input columns, like --height", graphDimension)),
  opset: grouped(
    "Format:",
    option(
      "--opset <n>",
      "ONNX operator set: 17 to 21, or keep; default: the lowest that a document needs; for an ONNX graph its own, raised to 17 if smxc adds nodes",
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
      "add every β as an output beta.<layer> [N, experts, cardinals]; in an ONNX graph the name is beta.<convolution>",
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
