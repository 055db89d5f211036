/** The namings of RRDBNet: that of the first release of ESRGAN, that of its rewrite, and BasicSR's. */
import { lastIndex } from "./indexed-names.js";
import type { Signature } from "./signature.js";
import type { TensorReader } from "./tensor-reader.js";

/** What stands before the names of a network's tensors, up to the dot before `weight` and `bias`. */
export interface RrdbNames {
  readonly first: string;
  /** The list of blocks, of which each holds three dense blocks, such as `rdb1`. */
  readonly body: string;
  readonly part: string;
  /** Behind the name of a dense block's convolution, where that is the first of two modules. */
  readonly inner: string;
  /** The convolution behind the blocks. */
  trunk(blocks: number): string;
  /** How often the feature map is enlarged. */
  enlargings(names: readonly string[]): number;
  /** The convolution behind each enlarging, from 1. */
  up(enlarging: number): string;
  /** The two convolutions at the end. */
  hr(enlargings: number): string;
  last(enlargings: number): string;
}

/**
 * One sequence: the first convolution, the blocks, then for each enlarging a resize (2), its convolution (3) and an
 * activation (4), and so on; then a convolution, an activation, and the last one.
 */
const sequence: RrdbNames = {
  first: "model.0",
  body: "model.1.sub",
  part: "RDB",
  inner: ".0",
  trunk: (blocks) => `model.1.sub.${blocks}`,
  enlargings: (names) => Math.max(0, Math.floor((lastIndex(names, /^model\.([0-9]+)\.(?:weight|bias)/) - 4) / 3)),
  up: (enlarging) => `model.${3 * enlarging}`,
  hr: (enlargings) => `model.${3 * enlargings + 2}`,
  last: (enlargings) => `model.${3 * enlargings + 4}`,
};

const rewritten: RrdbNames = {
  first: "conv_first",
  body: "RRDB_trunk",
  part: "RDB",
  inner: "",
  trunk: () => "trunk_conv",
  enlargings: (names) => lastIndex(names, /^upconv([0-9]+)\./, 0),
  up: (enlarging) => `upconv${enlarging}`,
  hr: () => "HRconv",
  last: () => "conv_last",
};

const basicSr: RrdbNames = {
  first: "conv_first",
  body: "body",
  part: "rdb",
  inner: "",
  trunk: () => "conv_body",
  enlargings: (names) => lastIndex(names, /^conv_up([0-9]+)\./, 0),
  up: (enlarging) => `conv_up${enlarging}`,
  hr: () => "conv_hr",
  last: () => "conv_last",
};

const NAMINGS: readonly [RrdbNames, ...RrdbNames[]] = [basicSr, rewritten, sequence];

export const RRDB_SIGNATURES: readonly Signature[] = NAMINGS.map(({ body, part, inner }) => ({
  all: [`${body}.*.${part}1.conv1${inner}.weight`],
  // MM-RealSR has these blocks in another network.
  none: ["am_list.*.fc.0.weight"],
}));

/** The naming whose blocks are there, and how many they are; BasicSR's where there are none. */
export function rrdbNamesOf(tensors: TensorReader): { readonly names: RrdbNames; readonly blocks: number } {
  const counted = NAMINGS.map((names) => ({ names, blocks: blocksOf(names, tensors) }));
  return counted.find(({ blocks }) => blocks > 0) ?? counted[0]!;
}

function blocksOf({ body, part }: RrdbNames, tensors: TensorReader): number {
  const pattern = new RegExp(`^${body.replaceAll(".", "\\.")}\\.([0-9]+)\\.${part}[123]\\.`);
  return lastIndex(tensors.names(), pattern) + 1;
}
