import * as z from "zod";
import type { CompileOptions, LoweringOptions } from "./compile-options.js";
import { documentSchema, imageSchema, type ModelSpec } from "./frontends/document/document.js";
import { ROUTING_MODES } from "./frontends/document/routing-modes.js";
import type { LoweringChoice } from "./lowerings/choices.js";
import type { Target } from "./lowerings/targets.js";
import type { BetaTable } from "./passes/given-betas.js";

/** The ONNX metadata key under which smxc keeps what a runtime needs to feed the graph. */
export const METADATA_KEY = "smxc";

/** What smxc does not know yet, it passes over. */
const pictureSchema = imageSchema.strip();

const tilingSchema = z.object({ reach: z.int().nonnegative(), multiple: z.int().positive() });

/** What tiles of a picture must be, so that their results are parts of the whole picture's. */
export type GraphTiling = Readonly<z.output<typeof tilingSchema>>;

/** How a graph takes pictures, and what it gives for them. */
export type GraphPicture = Readonly<z.output<typeof pictureSchema>>;

const metadataSchema = z.object({
  version: z.literal(1),
  model: z.string(),
  /** What the compile began with; a model document where nothing is said. */
  from: z.literal("onnx").optional(),
  source: documentSchema.shape.source,
  /** Of the weights file that the graph was compiled from. */
  weights: z.object({ sha256: z.string() }).optional(),
  image: pictureSchema.optional(),
  /**
   * Pixels of the picture on each side that a pixel of the result depends on, and what tiles must begin and end at a
   * multiple of. Absent where tiles would not give the whole picture's result, or where that is not known.
   */
  tiling: tilingSchema.optional(),
  context: documentSchema.shape.context,
  /** How the graph was compiled, so that it can be compared with the same compile later. */
  compiled: z.object({
    target: z.string(),
    lowering: z.string(),
    /**
     * The part of a picture from which the routers of this graph compute β; `context` says what the network was
     * trained with.
     */
    context: z.enum(["whole", "patch"]).default("whole"),
    routing: z.enum(ROUTING_MODES).optional(),
    /** Element type of weights and feature maps. */
    dtype: z.enum(["float32", "float16"]).default("float32"),
    /** What the choice of lowerings was given, if anything. */
    opset: z.number().optional(),
    winograd: z.boolean().optional(),
    portable: z.boolean().optional(),
    threads: z.number().optional(),
    measured: z.record(z.string(), z.number()).optional(),
    /** How each convolution is run, and why. */
    choices: z
      .array(z.object({ layer: z.string(), lowering: z.string(), perSample: z.boolean(), reason: z.string() }))
      .optional()
      .catch(undefined),
    fold: z
      .object({ betas: z.record(z.string(), z.array(z.array(z.number()))), layers: z.array(z.string()) })
      .optional(),
  }),
});

/** What smxc says of a compiled model in its metadata. */
export type ModelMetadata = z.output<typeof metadataSchema>;

/** ONNX metadata of a compile: one JSON document under `smxc`. */
export function modelMetadata(
  spec: ModelSpec,
  options: CompileOptions,
  choices: readonly LoweringChoice[],
): ReadonlyMap<string, string> {
  const { fold } = options;
  return entry({
    version: 1,
    model: spec.name,
    source: spec.source,
    ...(spec.weights?.sha256 === undefined ? {} : { weights: { sha256: spec.weights.sha256 } }),
    image: spec.image,
    context: spec.context,
    compiled: {
      ...compiledBy(options, choices),
      context: options.context ?? "whole",
      ...(options.routing === undefined ? {} : { routing: options.routing }),
      ...foldRecord(fold),
    },
  });
}

/** What smxc says of a graph that came from an ONNX file. */
export interface GraphEntry {
  /** What the graph is called: its own name, or the file's. */
  readonly name: string;
  /** Absent for what is no network for pictures. */
  readonly image?: GraphPicture;
  readonly tiling?: GraphTiling;
  /** What an earlier compile said of the source, which stays but for how it takes pictures. */
  readonly before?: ModelMetadata;
}

/** ONNX metadata of a compile that began with a graph; the same key and form as `modelMetadata`'s. */
export function graphMetadata(
  { name, image, tiling, before }: GraphEntry,
  options: LoweringOptions & Pick<CompileOptions, "fold" | "routing">,
  choices: readonly LoweringChoice[],
): ReadonlyMap<string, string> {
  const pictures = { ...(image ? { image } : {}), ...(tiling ? { tiling } : {}) };
  if (before !== undefined) return entry({ ...before, ...pictures });
  return entry({
    version: 1,
    model: name,
    from: "onnx",
    ...pictures,
    compiled: {
      ...compiledBy(options, choices),
      context: "whole",
      ...(options.routing === undefined ? {} : { routing: options.routing }),
      ...foldRecord(options.fold),
    },
  });
}

function entry(metadata: ModelMetadata): ReadonlyMap<string, string> {
  return new Map([[METADATA_KEY, JSON.stringify(metadata)]]);
}

function compiledBy(
  options: LoweringOptions,
  choices: readonly LoweringChoice[],
): Omit<ModelMetadata["compiled"], "context"> {
  return {
    target: options.target ?? "cpu",
    lowering: options.lowering ?? "auto",
    dtype: options.dtype ?? "float32",
    ...(options.opset === undefined ? {} : { opset: options.opset }),
    ...(options.winograd === false ? { winograd: false } : {}),
    ...(options.portable ? { portable: true } : {}),
    ...(options.threads === undefined || options.threads === 1 ? {} : { threads: options.threads }),
    ...(options.measured === undefined ? {} : { measured: Object.fromEntries(options.measured) }),
    choices: choices.map(({ layer, lowering, perSample, reason }) => ({ layer, lowering, perSample, reason })),
  };
}

function foldRecord(fold: CompileOptions["fold"]): Pick<ModelMetadata["compiled"], "fold"> {
  return fold ? { fold: { betas: betaRecord(fold.betas), layers: [...(fold.layers ?? [])] } } : {};
}

/** Layer names come after `beta.`, so that none of the keys is `__proto__`. */
function betaRecord(betas: BetaTable): Record<string, number[][]> {
  return Object.fromEntries([...betas].map(([name, rows]) => [name, rows.map((row) => [...row])]));
}

/** How the graph was lowered, to lower another in the same way. */
export function loweringOptionsOf({ compiled }: ModelMetadata): LoweringOptions {
  const { target, lowering, dtype, opset, winograd, portable, threads, measured } = compiled;
  return {
    target: target as Target,
    lowering,
    dtype,
    ...(opset === undefined ? {} : { opset }),
    ...(winograd === undefined ? {} : { winograd }),
    ...(portable === undefined ? {} : { portable }),
    ...(threads === undefined ? {} : { threads }),
    ...(measured === undefined ? {} : { measured: new Map(Object.entries(measured)) }),
  };
}

/** Whether a graph was compiled from a model document. */
export function hasDocument(metadata: ModelMetadata | undefined): boolean {
  return metadata !== undefined && metadata.from === undefined;
}

/** Reads the metadata back; undefined when the graph was not made by smxc. */
export function readMetadata(props: ReadonlyMap<string, string>): ModelMetadata | undefined {
  const text = props.get(METADATA_KEY);
  if (text === undefined) return undefined;
  try {
    const parsed = metadataSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
