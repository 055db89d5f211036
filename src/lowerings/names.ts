/** The values of `--lowering` besides `auto`; a test holds the list against the table of lowerings. */
export const LOWERING_NAMES = ["direct", "grouped", "unfold"] as const;
