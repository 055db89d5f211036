/** What begins and what ends each form of text on a terminal: parameters of ECMA-48's "select graphic rendition". */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const;

/** Each gives a text its form, or leaves it as it is. One may stand in another, unless both end alike. */
export type Colors = Readonly<Record<keyof typeof CODES, (text: string) => string>>;

/** https://no-color.org: any non-empty NO_COLOR wins; FORCE_COLOR colours what is not a terminal. */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}

export function createColors(enabled: boolean): Colors {
  const form = ([begin, end]: readonly [number, number]) =>
    enabled ? (text: string) => `\u001b[${begin}m${text}\u001b[${end}m` : (text: string) => text;
  const { bold, dim, red, yellow, blue, cyan } = CODES;
  return { bold: form(bold), dim: form(dim), red: form(red), yellow: form(yellow), blue: form(blue), cyan: form(cyan) };
}
