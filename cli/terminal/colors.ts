import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;

/** https://no-color.org: any non-empty NO_COLOR wins; FORCE_COLOR colours what is not a terminal. */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}

export function createColors(enabled: boolean): Colors {
  return pc.createColors(enabled);
}
