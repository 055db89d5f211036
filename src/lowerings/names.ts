/** The values of `--lowering` besides `auto`; a test holds the list against the table of lowerings. */
export const LOWERING_NAMES = [
  "gather",
  "direct",
  "grouped",
  "unfold",
  "windows",
  "experts",
  "winograd-f4x4",
  "winograd-f4x6",
  "winograd-f6x6",
] as const;
