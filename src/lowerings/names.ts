/** The values of `--lowering` besides `auto`; a test holds the list against the table of lowerings. */
export const LOWERING_NAMES = ["gather", "direct", "grouped", "unfold"] as const;
