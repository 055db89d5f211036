/** PSNR: how it is computed, and how it is written. Equal values have none: text says "equal", and JSON, which has no infinity, null and why. */

/** Peak signal-to-noise ratio in dB of values in a range of `peak` whose differences have this root mean square; infinite where it is 0. */
export function psnr(peak: number, rmse: number): number {
  return 20 * Math.log10(peak / rmse);
}

export function decibelsText(psnr: number, digits = 2): string {
  return psnr === Number.POSITIVE_INFINITY ? "equal" : `${psnr.toFixed(digits)} dB`;
}

/** The member `name` of a JSON document; where it is null, a member `<name>Reason` says why. */
export function decibelsJson(name: string, psnr: number): Readonly<Record<string, number | string | null>> {
  return psnr === Number.POSITIVE_INFINITY ? { [name]: null, [`${name}Reason`]: "equal" } : { [name]: psnr };
}
