/** Just enough of ICC.1 (profile format) to tell whether a profile is sRGB itself. */

const HEADER_BYTES = 128;
const TAG_BYTES = 12;
/** More tags than any profile has. */
const MOST_TAGS = 200;
const DESCRIPTION = "desc";

/** Whether the profile's description says sRGB; false for profiles that are damaged. */
export function isSrgbProfile(profile: Uint8Array): boolean {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength);
  if (profile.length < HEADER_BYTES + 4) return false;
  const tags = Math.min(view.getUint32(HEADER_BYTES), MOST_TAGS);
  for (let tag = 0; tag < tags; tag++) {
    const at = HEADER_BYTES + 4 + tag * TAG_BYTES;
    if (at + TAG_BYTES > profile.length) return false;
    if (latin1(profile.subarray(at, at + 4)) !== DESCRIPTION) continue;
    const offset = view.getUint32(at + 4);
    // Version 2 writes ASCII, version 4 UTF-16: without the zero bytes both read alike.
    const text = latin1(profile.subarray(offset, offset + view.getUint32(at + 8)).filter((byte) => byte !== 0));
    return text.includes("sRGB");
  }
  return false;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
