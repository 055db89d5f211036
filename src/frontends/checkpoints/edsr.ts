import type { Importer } from "./importer.js";
import { lastIndex } from "./indexed-names.js";
import type { NetworkWriter } from "./network-writer.js";
import { readUpscaler, UPSCALER_KEYS, type UpscalerNaming, unitsOf } from "./upscaler.js";

/** A naming of the checkpoints: what stands before the tensors of block i, and the names of its two convolutions. */
interface Naming {
  readonly block: RegExp;
  readonly convs: readonly [string, string];
  /** @param blocks how many there are, which some names count on from */
  outside(blocks: number): UpscalerNaming;
}

/** EDSR-PyTorch, whose pictures have values of 0 to 255. */
const RELEASE: Naming = {
  block: /^body\.([0-9]+)\.body\./,
  convs: ["body.0", "body.2"],
  outside: (blocks) => ({
    first: "head.0",
    afterBody: `body.${blocks}`,
    upsample: "tail.0",
    last: "tail.1",
    pictures: "range",
  }),
};

/** BasicSR, whose pictures have values of 0 to 1. */
const BASICSR: Naming = {
  block: /^body\.([0-9]+)\.conv[12]\./,
  convs: ["conv1", "conv2"],
  outside: () => ({
    first: "conv_first",
    afterBody: "conv_after_body",
    upsample: "upsample",
    last: "conv_last",
    pictures: "unit",
  }),
};

/**
 * Whole networks of "Enhanced Deep Residual Networks for Single Image Super-Resolution" (Lim et al., CVPRW 2017): residual
 * blocks of two convolutions without normalisation.
 */
export const edsr: Importer = {
  name: "edsr",
  description:
    "whole networks that enlarge pictures by residual blocks (EDSR, in the namings of EDSR-PyTorch and BasicSR)",
  covers: "network",
  signatures: [
    // WDSR has a skip; a third convolution, or anything else in a block, is that of a relative.
    {
      all: ["head.0.weight", "body.*.body.0.weight", "tail.1.weight"],
      none: ["skip.0.weight", "body.*.body.3.weight"],
    },
    { all: ["conv_first.weight", "body.*.conv1.weight", "conv_after_body.weight"] },
  ],
  keys: {
    res_scale: "the factor of the result of a block's convolutions (default 1; 0.1 for 32 blocks of 256 units)",
    ...UPSCALER_KEYS,
    blocks: "checked against the shapes",
  },
  read(tensors, config) {
    const naming = tensors.has("conv_first.weight") ? BASICSR : RELEASE;
    const blocks = lastIndex(tensors.names(), naming.block) + 1;
    const outside = naming.outside(blocks);
    const usual = unitsOf(tensors, outside) === 256 && blocks === 32 ? 0.1 : 1;
    config.confirm("blocks", blocks);
    return readUpscaler("edsr", tensors, config, outside, {
      write: (network, units, input) =>
        writeBlocks(network, naming.convs, { blocks, units, scale: config.number("res_scale", usual) }, input),
      assumptions: [{ key: "res_scale", value: usual }],
      warnings: [],
    });
  },
};

interface Blocks {
  readonly blocks: number;
  readonly units: number;
  /** What the result of a block's convolutions is multiplied by. */
  readonly scale: number;
}

/** Block: x + scale · conv(relu(conv(x))). */
function writeBlocks(
  network: NetworkWriter,
  [one, two]: Naming["convs"],
  { blocks, units, scale }: Blocks,
  input: string,
): string {
  const kernel = { channels: units, out: units, kernel: 3 };
  let value = input;
  for (let i = 0; i < blocks; i++) {
    const name = `body.${i}`;
    const first = network.conv({ name: `${name}.${one}`, in: value, ...kernel });
    const act = network.add({ name: `${name}.relu`, op: "relu", in: first });
    const second = network.conv({ name: `${name}.${two}`, in: act, ...kernel });
    const change = scale === 1 ? second : network.add({ name: `${name}.scaled`, op: "affine", in: second, scale });
    value = network.add({ name, op: "add", in: [change, value] });
  }
  return value;
}
