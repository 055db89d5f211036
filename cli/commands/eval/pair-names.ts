/** How data sets name the two pictures of a pair. */

/**
 * Patterns for the names of inputs: `*` stands for the name that an input shares with its true picture, `#` for the
 * scale. The first pattern that fits and has a partner counts. Upper and lower case are the same.
 */
const INPUTS: readonly string[] = [
  "*", // The same name: BasicSR, most folders of one's own.
  "*x#", // DIV2K, Flickr2K: 0801x2
  "*_x#",
  "*x#m", // DIV2K, NTIRE 2018: mild, difficult, wild
  "*x#d",
  "*x#w",
  "*_SRF_#_LR", // Set5, Set14, BSD100, Urban100 as SelfExSR has them
  "*_LRBI_x#", // RCAN's benchmarks: bicubic, blurred, noisy
  "*_LRBD_x#",
  "*_LRDN_x#",
  "*_bicLRx#", // BasicSR's: baby_bicLRx2
  "*_bicx#",
  "*_LR#", // RealSR: Canon_001_LR4
  "*_LR_x#",
  "*_LRx#",
  "*_LR",
  "*-LR",
  "LR_*",
  "*_#_LR",
  "*_input",
  "*_noisy",
];

/** The same of true pictures. */
const TRUTHS: readonly string[] = [
  "*",
  "*_SRF_#_HR",
  "*_HR_x#",
  "*_HRx#",
  "*_HR#",
  "*_HR",
  "*-HR",
  "HR_*",
  "*_GT",
  "*_gt_x#",
  "*_target",
  "*_clean",
];

const patterns = (forms: readonly string[]): readonly RegExp[] =>
  forms.map((form) => new RegExp(`^${form.replace("*", "(.+?)").replaceAll("#", String.raw`\d+`)}$`, "i"));

const INPUT_PATTERNS = patterns(INPUTS);
const TRUTH_PATTERNS = patterns(TRUTHS);

/** Names that a stem may stand for, the likeliest first. */
function namesOf(stem: string, patterns: readonly RegExp[]): readonly string[] {
  return patterns.flatMap((pattern) => pattern.exec(stem)?.[1] ?? []);
}

export interface NamedPair {
  /** What both names have in common. */
  readonly name: string;
  readonly truth: string;
}

/**
 * Finds the true pictures of inputs.
 *
 * @param truths stems of the true pictures
 * @returns for a stem of an input its pair, or undefined where it has none
 */
export function pairFinder(truths: readonly string[]): (input: string) => NamedPair | undefined {
  const truthOf = new Map<string, string>();
  // By the likelier patterns first: a picture of exactly the name comes before one with something around it.
  for (const pattern of TRUTH_PATTERNS) {
    for (const truth of truths) {
      const name = pattern.exec(truth)?.[1];
      if (name !== undefined && !truthOf.has(name)) truthOf.set(name, truth);
    }
  }
  return (input) => {
    for (const name of namesOf(input, INPUT_PATTERNS)) {
      const truth = truthOf.get(name);
      if (truth !== undefined) return { name, truth };
    }
    return undefined;
  };
}
