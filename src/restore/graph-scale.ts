/** How much larger a graph's result is than its picture, from its shapes. */
import type { ModelProto } from "../onnx/graph/records.js";
import { inferModel } from "../onnx/infer/infer-model.js";
import { isTensor, tensorOf } from "../onnx/infer/type-info.js";
import { withOpenSizes } from "../onnx/open-sizes.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import type { PicturePort, PicturePorts } from "./graph-ports.js";

export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** All sizes at which a graph is looked at are multiples of it; networks with windows and blocks want such. */
export const PROBE_MULTIPLE = 64;

/** Sizes at which a graph is looked at. */
export const PROBES: readonly [PictureSize, PictureSize] = [
  { height: 64, width: 128 },
  { height: 192, width: 64 },
];

/** A size that a graph takes. */
export function probeOf({ height, width }: PicturePort, probe: PictureSize = PROBES[0]): PictureSize {
  return { height: height ?? probe.height, width: width ?? probe.width };
}

export type ScaleFinding =
  | { readonly kind: "scale"; readonly scale: number }
  /** The result is no whole multiple of the picture. */
  | { readonly kind: "none"; readonly picture: PictureSize; readonly result: PictureSize }
  /** Shapes do not show it. */
  | { readonly kind: "unknown" };

/** The scale that one picture and its result say. */
export function scaleBetween(picture: PictureSize, result: PictureSize): ScaleFinding {
  const scale = result.height / picture.height;
  return Number.isInteger(scale) && scale >= 1 && result.width === scale * picture.width
    ? { kind: "scale", scale }
    : { kind: "none", picture, result };
}

/** Looks at two sizes, where sizes are open: what is cut off or added shows at the second. The model must be valid. */
export function findScale(source: ModelProto, { input, output }: PicturePorts, schemas: SchemaRegistry): ScaleFinding {
  const model = withOpenSizes(source);
  let found: ScaleFinding = { kind: "unknown" };
  for (const probe of PROBES) {
    const picture = probeOf(input, probe);
    const result = resultOf(model, input, output.name, picture, schemas);
    if (result === undefined) return { kind: "unknown" };
    const next = scaleBetween(picture, result);
    if (next.kind !== "scale") return next;
    if (found.kind === "scale" && found.scale !== next.scale) return { kind: "none", picture, result };
    found = next;
  }
  return found;
}

/** The declared element type stands. */
const AS_DECLARED = 0;

function resultOf(
  model: ModelProto,
  { name, samples, channels }: PicturePort,
  output: string,
  { height, width }: PictureSize,
  schemas: SchemaRegistry,
): PictureSize | undefined {
  const picture = tensorOf(AS_DECLARED, [samples ?? 1, channels ?? null, height, width]);
  const types = inferModel(model, schemas, {
    estimates: true,
    inputs: model.graph!.input.map((input) => (input.name === name ? picture : null)),
  });
  const type = types.get(output) ?? null;
  const [rows, columns] = (isTensor(type) && type.shape?.length === 4 ? type.shape.slice(2) : []) as readonly unknown[];
  return typeof rows === "number" && typeof columns === "number" ? { height: rows, width: columns } : undefined;
}
