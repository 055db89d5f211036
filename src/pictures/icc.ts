/** As much of ICC.1 (profile format) as is needed to know what a profile says: its curves and colorants, or that it has tables. */
import { type ColourSpace, isSrgb } from "./colour-space.js";
import type { Matrix, Vector } from "./primaries.js";
import {
  type Curve,
  LINEAR_CURVE,
  parameterCount,
  parametricCurve,
  powerCurve,
  tableCurve,
} from "./transfer-curves.js";

export type ProfileContent =
  | { readonly kind: "space"; readonly space: ColourSpace }
  /** Colours by tables of their own, of as many channels; a colour engine must read them. */
  | { readonly kind: "tables"; readonly samples: "RGB" | "GRAY" | "CMYK" }
  | { readonly kind: "unusable"; readonly reason: string };

const HEADER_BYTES = 128;
const TAG_BYTES = 12;
/** More tags than any profile has. */
const MOST_TAGS = 200;
/** Classes of profiles that say what samples mean: of input, display and output devices, and of colour spaces. */
const CLASSES: ReadonlySet<string> = new Set(["scnr", "mntr", "prtr", "spac"]);
/** Tags that come before curves and colorants where they are there. */
const TABLE_TAGS = ["A2B0", "D2B0"];
const COLORANT_TAGS = ["rXYZ", "gXYZ", "bXYZ"] as const;
const CURVE_TAGS = ["rTRC", "gTRC", "bTRC"] as const;
/** How far the luminance of white may be from 1. */
const WHITE_TOLERANCE = 0.1;

/** Whether samples of the profile are those of sRGB, by its content; false for profiles that are damaged. */
export function isSrgbProfile(profile: Uint8Array): boolean {
  const content = readProfile(profile);
  return content.kind === "space" && isSrgb(content.space);
}

export function readProfile(profile: Uint8Array): ProfileContent {
  try {
    return contentOf(tagsOf(profile));
  } catch (cause) {
    if (cause instanceof BadProfile) return { kind: "unusable", reason: cause.message };
    throw cause;
  }
}

class BadProfile extends Error {}

interface Profile {
  readonly deviceClass: string;
  readonly samples: string;
  readonly connection: string;
  readonly tags: ReadonlyMap<string, DataView>;
}

function tagsOf(bytes: Uint8Array): Profile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES + 4) throw new BadProfile("it is too short");
  if (text(view, 36) !== "acsp") throw new BadProfile("it does not begin like a colour profile");
  if (view.getUint32(0) > bytes.length) throw new BadProfile("it is cut off");
  const count = view.getUint32(HEADER_BYTES);
  if (count > MOST_TAGS) throw new BadProfile(`it announces ${count} tags`);
  if (HEADER_BYTES + 4 + count * TAG_BYTES > bytes.length) throw new BadProfile("it is cut off");
  const tags = new Map<string, DataView>();
  for (let tag = 0; tag < count; tag++) {
    const at = HEADER_BYTES + 4 + tag * TAG_BYTES;
    const [offset, length] = [view.getUint32(at + 4), view.getUint32(at + 8)];
    // A tag beyond the end is missed only where it is needed.
    if (offset + length > bytes.length) continue;
    tags.set(text(view, at), new DataView(bytes.buffer, bytes.byteOffset + offset, length));
  }
  return { deviceClass: text(view, 12), samples: text(view, 16).trim(), connection: text(view, 20).trim(), tags };
}

function contentOf({ deviceClass, samples, connection, tags }: Profile): ProfileContent {
  if (!CLASSES.has(deviceClass)) throw new BadProfile("it describes no colour space");
  if (samples !== "RGB" && samples !== "GRAY" && samples !== "CMYK")
    throw new BadProfile("its samples are not colours");
  if (samples === "CMYK" || TABLE_TAGS.some((name) => tags.has(name))) return { kind: "tables", samples };
  if (samples === "GRAY") return { kind: "space", space: greySpace(tags, connection) };
  const [red, green, blue] = COLORANT_TAGS.map((name) => colorant(name, tags)) as [Vector, Vector, Vector];
  const toXyz: Matrix = [
    [red[0], green[0], blue[0]],
    [red[1], green[1], blue[1]],
    [red[2], green[2], blue[2]],
  ];
  const white = red[1] + green[1] + blue[1];
  if (Math.abs(white - 1) > WHITE_TOLERANCE) throw new BadProfile("its colorants do not add up to white");
  const curves = CURVE_TAGS.map((name) => curveOf(name, tags)) as [Curve, Curve, Curve];
  return { kind: "space", space: { kind: "rgb", curves, toXyz } };
}

/** Of a grey profile over Lab, the curve gives lightness. */
function greySpace(tags: ReadonlyMap<string, DataView>, connection: string): ColourSpace {
  const curve = curveOf("kTRC", tags);
  return { kind: "grey", curve: connection === "Lab" ? (sample) => luminanceOf(curve(sample)) : curve };
}

/** CIE 1976, of a lightness from 0 to 1. */
function luminanceOf(lightness: number): number {
  const f = (lightness * 100 + 16) / 116;
  return f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29);
}

function colorant(name: string, tags: ReadonlyMap<string, DataView>): Vector {
  const view = tagOf(name, tags);
  if (text(view, 0) !== "XYZ " || view.byteLength < 20) throw new BadProfile(`its tag ${name} is not a colour`);
  return [fixed(view, 8), fixed(view, 12), fixed(view, 16)];
}

function curveOf(name: string, tags: ReadonlyMap<string, DataView>): Curve {
  const view = tagOf(name, tags);
  const read = CURVE_TYPES.get(text(view, 0));
  const curve = read?.(view);
  if (curve === undefined) throw new BadProfile(`its tag ${name} is not a curve`);
  return curve;
}

/** By the type of the tag; undefined where it is damaged. */
const CURVE_TYPES: ReadonlyMap<string, (view: DataView) => Curve | undefined> = new Map([
  ["curv", sampledCurve],
  ["para", functionCurve],
]);

function sampledCurve(view: DataView): Curve | undefined {
  if (view.byteLength < 12) return undefined;
  const count = view.getUint32(8);
  if (count === 0) return LINEAR_CURVE;
  if (12 + count * 2 > view.byteLength) return undefined;
  const gamma = view.getUint16(12) / 256;
  if (count === 1) return gamma > 0 ? powerCurve(gamma) : undefined;
  return tableCurve(Array.from({ length: count }, (_, index) => view.getUint16(12 + index * 2) / 65_535));
}

function functionCurve(view: DataView): Curve | undefined {
  if (view.byteLength < 12) return undefined;
  const type = view.getUint16(8);
  const count = parameterCount(type);
  if (count === undefined || 12 + count * 4 > view.byteLength) return undefined;
  const parameters = Array.from({ length: count }, (_, index) => fixed(view, 12 + index * 4));
  const curve = parametricCurve(type, parameters);
  return [0, 0.5, 1].every((sample) => Number.isFinite(curve(sample))) ? curve : undefined;
}

function tagOf(name: string, tags: ReadonlyMap<string, DataView>): DataView {
  const view = tags.get(name);
  if (view === undefined || view.byteLength < 8) throw new BadProfile(`its tag ${name} is missing or cut off`);
  return view;
}

/** s15Fixed16Number */
function fixed(view: DataView, at: number): number {
  return view.getInt32(at) / 65_536;
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(...Array.from({ length: 4 }, (_, index) => view.getUint8(at + index)));
}
