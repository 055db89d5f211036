/** Lower-case hexadecimal SHA-256. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  return hexText(digest);
}

export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Longer bytes are told apart by their SHA-256. */
export const MOST_PLAIN = 512;

/** Equal for equal bytes, and short. */
export async function bytesKey(bytes: Uint8Array): Promise<string> {
  return bytes.length <= MOST_PLAIN ? `x${hexText(bytes)}` : `#${await sha256(bytes)}`;
}
