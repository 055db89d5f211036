/** What is known of a picture's colours, wherever its file says it. */
import { type ColourSpace, isSrgb, rgbSpace } from "./colour-space.js";
import type { ExifColours } from "./exif-colours.js";
import { type ProfileContent, readProfile } from "./icc.js";
import { ADOBE_RGB_PRIMARIES } from "./primaries.js";
import { powerCurve, SRGB_CURVE } from "./transfer-curves.js";

export type Colours =
  | { readonly kind: "srgb" }
  /** `said`: according to what; undefined for a profile. */
  | { readonly kind: "space"; readonly space: ColourSpace; readonly said?: string }
  /** A profile that a colour engine must read. */
  | { readonly kind: "tables" }
  /** Something else than sRGB, which smxc cannot convert, and why. */
  | { readonly kind: "unknown"; readonly reason: string };

export const SRGB: Colours = { kind: "srgb" };

export function colours(space: ColourSpace | undefined, said: string): Colours {
  if (space === undefined) return unknown(`${said} names impossible colours`);
  return isSrgb(space) ? SRGB : { kind: "space", space, said };
}

export function unknown(reason: string): Colours {
  return { kind: "unknown", reason };
}

/** @param samples what the picture has */
export function coloursOfProfile(profile: Uint8Array, samples: "RGB" | "GRAY" | "CMYK"): Colours {
  const content = readProfile(profile);
  const own = samplesOf(content);
  if (content.kind === "unusable") return unknown(`the colour profile cannot be used: ${content.reason}`);
  // Grey samples are equal red, green and blue to a profile of colours.
  if (own !== samples && !(samples === "GRAY" && own === "RGB")) {
    return unknown(`the colour profile is for ${own} samples, the picture has ${samples}`);
  }
  if (content.kind === "tables") return { kind: "tables" };
  return isSrgb(content.space) ? SRGB : { kind: "space", space: content.space };
}

function samplesOf(content: ProfileContent): string {
  if (content.kind === "space") return content.space.kind === "rgb" ? "RGB" : "GRAY";
  return content.kind === "tables" ? content.samples : "";
}

/** 563 / 256, as Adobe RGB (1998) has it. */
const ADOBE_RGB_EXPONENT = 2.19921875;

export function coloursOfExif(exif: ExifColours | undefined): Colours {
  if (exif === undefined) return SRGB;
  if (exif === "other")
    return unknown("the EXIF data says that the colours are not sRGB, but the file holds no profile");
  if (exif === "adobe-rgb") {
    return colours(rgbSpace(ADOBE_RGB_PRIMARIES, powerCurve(ADOBE_RGB_EXPONENT)), "the EXIF data (Adobe RGB)");
  }
  return colours(rgbSpace(exif.primaries, SRGB_CURVE), "the file's tags of primaries");
}
