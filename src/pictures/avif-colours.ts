/** Colours of AVIF files (ISO/IEC 14496-12, 12.1.5; HEIF, 6.5.5): the numbers of the box `colr` of the kind `nclx`. */
import { coloursOfCodePoints } from "./code-points.js";
import { type Colours, SRGB } from "./picture-colours.js";

/** What stands for "not said" among the code points. */
const UNSPECIFIED = 2;
/** The boxes that lead to `colr`, and what stands in them before the next. */
const WAY: readonly (readonly [type: string, before: number])[] = [
  ["meta", 4],
  ["iprp", 0],
  ["ipco", 0],
];
const NCLX_BYTES = 11;

/** Where the file says nothing, or no more than "not said", its samples are sRGB. Matrix and range are the decoder's. */
export function coloursOfAvif(bytes: Uint8Array): Colours {
  let part: Uint8Array | undefined = bytes;
  for (const [type, before] of WAY) {
    part = part === undefined ? undefined : contentOf(part, type)[0]?.subarray(before);
  }
  const nclx = (part === undefined ? [] : contentOf(part, "colr")).find(
    (box) => textAt(box, 0) === "nclx" && box.length >= NCLX_BYTES,
  );
  if (nclx === undefined) return SRGB;
  const view = new DataView(nclx.buffer, nclx.byteOffset, nclx.byteLength);
  const codes = [4, 6, 8].map((at) => view.getUint16(at)) as [number, number, number];
  const [primaries, transfer] = codes;
  if (primaries === UNSPECIFIED && transfer === UNSPECIFIED) return SRGB;
  return coloursOfCodePoints(orSrgb(primaries, 1), orSrgb(transfer, 13), codes, "the box nclx");
}

function orSrgb(code: number, srgb: number): number {
  return code === UNSPECIFIED ? srgb : code;
}

/** What the boxes of a type hold, of those that stand side by side. */
function contentOf(bytes: Uint8Array, type: string): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at);
    // 0: to the end of the file; 1: a size of eight bytes, which no box on the way has.
    const end = size === 0 ? bytes.length : at + size;
    if (size !== 0 && size < 8) break;
    if (textAt(bytes, at + 4) === type) found.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return found;
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
