/** The model document, `model.json`: the source of its TypeScript types and of `schemas/model.v1.schema.json`. */
import * as z from "zod";
import { layerName, onnxName, positive } from "./layers/fields.js";
import { LAYERS } from "./layers/index.js";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits in lower case");

/**
 * What the channels of a network's pictures are: colours in the order of `rgb` or `bgr`, one grey, or the luma of BT.601 in
 * studio range beside which the chroma is resized.
 */
export const PICTURE_COLORS = ["rgb", "bgr", "gray", "y"] as const;
export type PictureColor = (typeof PICTURE_COLORS)[number];

/** Words for people, of one line that every terminal and page has room for. */
const taskText = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,80}$/u, "must be one line of 1 to 80 characters");

/** How a picture becomes the main input of a network, and what its result is. */
export const imageSchema = z.strictObject({
  range: z.tuple([z.number(), z.number()]).describe("The values of black and white"),
  color: z
    .enum(PICTURE_COLORS)
    .describe("Colours in the order of rgb or bgr; gray: each channel by itself; y: luma alone, the chroma resized"),
  scale: positive.describe("Output pixels per input pixel along one side"),
  multiple: positive
    .optional()
    .describe(
      "Sides of pictures must be multiples of this number (default 1); other pictures are extended by mirroring, and the result is cropped",
    ),
  task: taskText.optional().describe("What the network does to pictures, in words"),
});

type LayerSchemas = { readonly [Kind in keyof typeof LAYERS]: (typeof LAYERS)[Kind]["schema"] };
const schemas = Object.values(LAYERS).map((definition) => definition.schema) as unknown as [
  LayerSchemas[keyof LayerSchemas],
];
const layer = z.discriminatedUnion("op", schemas);

const patchContext = z
  .strictObject({
    kind: z.literal("patch"),
    patch: positive.describe("Side of the training patch, in input pixels"),
    frame: z.int().min(0).describe("Pixels that are cut off on each side of a patch"),
    stride: positive.describe("Distance between neighbouring patches"),
    borderWeight: z
      .number()
      .min(0)
      .describe("Weight of patches along the border of the picture when patches are blended"),
    wholeBelow: z.int().min(0).describe("Pictures with a side below this run in one piece"),
    region: z
      .strictObject({ from: z.string(), to: z.string() })
      .describe(
        "The part of the network that runs on patches, from the value that is cut into patches to the value that is blended",
      ),
  })
  .describe("Each router computes β from a patch of the training size, as in the published evaluation");

const wholeContext = z
  .strictObject({ kind: z.literal("whole") })
  .describe("Each router computes β from the whole picture");

export const documentSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    name: onnxName.describe("Name of the model; becomes the name of the ONNX graph"),
    weights: z
      .strictObject({
        file: z.string().min(1).describe("The safetensors file, relative to the document"),
        sha256: sha256
          .optional()
          .describe("Checksum of that file, which shows when document and weights do not belong together"),
      })
      .optional()
      .describe("The file that holds the tensors; absent for a network without tensors"),
    source: z
      .strictObject({ arch: z.string(), sha256: sha256.optional() })
      .optional()
      .describe("What the model was imported from"),
    image: imageSchema.optional().describe("How a picture becomes the main input"),
    context: z.discriminatedUnion("kind", [patchContext, wholeContext]).optional(),
    inputs: z
      .array(
        z.strictObject({
          name: layerName,
          dtype: z.literal("float32").default("float32"),
          shape: z
            .array(z.union([positive, z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)]))
            .min(1)
            .max(5)
            .describe('Sizes, or names of sizes that are known at run time, e.g. ["N", 3, "H", "W"]'),
        }),
      )
      .min(1),
    layers: z.array(layer).describe("The layers; every layer comes after those it reads"),
    outputs: z
      .array(z.string())
      .min(1)
      .describe("Names of the values that the network returns; the first is the main output"),
  })
  .describe("A network for smxc to compile");

/** A parsed document, defaults filled in. */
export type ModelSpec = z.output<typeof documentSchema>;
/** A document as it is written. */
export type ModelDocument = z.input<typeof documentSchema>;
export type LayerSpec = ModelSpec["layers"][number];
export type ContextSpec = NonNullable<ModelSpec["context"]>;

/** Where the schema can be fetched once the package is published. */
export const MODEL_SCHEMA_URL = "https://unpkg.com/smxc/schemas/model.v1.schema.json";

/** The published JSON Schema of model documents. */
export function documentJsonSchema(): Readonly<Record<string, unknown>> {
  return { $id: MODEL_SCHEMA_URL, ...z.toJSONSchema(documentSchema, { io: "input" }) };
}
