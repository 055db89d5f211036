import { unused } from "./assumed.js";
import type { Importer } from "./importer.js";
import { lastIndex } from "./indexed-names.js";
import { mostCommon } from "./most-common.js";
import type { NetworkWriter } from "./network-writer.js";
import type { TensorReader } from "./tensor-reader.js";
import { readUpscaler, UPSCALER_KEYS, type UpscalerNaming } from "./upscaler.js";

/** A naming of the checkpoints. */
interface Naming {
  /** The names of a group's blocks; its groups are the numbers of group and block. */
  readonly block: RegExp;
  /** What stands before the tensors of a block. */
  blockOf(group: number, block: number): string;
  /** A block's convolutions, and the layers of its attention. */
  readonly convs: readonly [string, string];
  readonly attention: readonly [string, string];
  /** The convolution behind a group's blocks. */
  afterBlocks(group: number, blocks: number): string;
  outside(groups: number): UpscalerNaming;
  /** Whether the results of blocks may be scaled. The release takes a scale and does not use it. */
  readonly scaled: boolean;
}

/** The code of the paper's authors, whose pictures have values of 0 to 255. */
const RELEASE: Naming = {
  block: /^body\.([0-9]+)\.body\.([0-9]+)\.body\./,
  blockOf: (group, block) => `body.${group}.body.${block}`,
  convs: ["body.0", "body.2"],
  attention: ["body.3.conv_du.0", "body.3.conv_du.2"],
  afterBlocks: (group, blocks) => `body.${group}.body.${blocks}`,
  outside: (groups) => ({
    first: "head.0",
    afterBody: `body.${groups}`,
    upsample: "tail.0",
    last: "tail.1",
    pictures: "range",
  }),
  scaled: false,
};

/** BasicSR, whose pictures have values of 0 to 1. */
const BASICSR: Naming = {
  block: /^body\.([0-9]+)\.residual_group\.([0-9]+)\.rcab\./,
  blockOf: (group, block) => `body.${group}.residual_group.${block}`,
  convs: ["rcab.0", "rcab.2"],
  attention: ["rcab.3.attention.1", "rcab.3.attention.3"],
  afterBlocks: (group) => `body.${group}.conv`,
  outside: () => ({
    first: "conv_first",
    afterBody: "conv_after_body",
    upsample: "upsample",
    last: "conv_last",
    pictures: "unit",
  }),
  scaled: true,
};

/**
 * Whole networks of "Image Super-Resolution Using Very Deep Residual Channel Attention Networks" (Zhang et al., ECCV 2018):
 * groups of residual blocks whose channels are weighed by their means.
 */
export const rcan: Importer = {
  name: "rcan",
  description: "whole networks that enlarge pictures by blocks with channel attention (RCAN, also in BasicSR's naming)",
  covers: "network",
  signatures: [
    {
      all: ["head.0.weight", "body.*.body.*.body.3.conv_du.0.weight", "tail.1.weight"],
      // HAN: attention over layers behind the groups.
      none: ["la.gamma", "csa.gamma"],
    },
    { all: ["conv_first.weight", "body.*.residual_group.*.rcab.3.attention.1.weight", "conv_after_body.weight"] },
  ],
  keys: {
    res_scale: "the factor of the result of a block (default 1; the published code has none)",
    ...UPSCALER_KEYS,
    groups: "checked against the shapes",
    blocks: "checked against the shapes",
    reduction: "checked against the shapes",
  },
  read(tensors, config) {
    const naming = tensors.has("conv_first.weight") ? BASICSR : RELEASE;
    const { groups, blocks } = counted(tensors, naming);
    config.confirm("groups", groups);
    config.confirm("blocks", blocks);
    const squeezed = mostCommon(
      tensors
        .names()
        .filter((name) => name.endsWith(`${naming.attention[0]}.weight`))
        .map((name) => tensors.shapeOf(name)?.[0]),
    );
    return readUpscaler("rcan", tensors, config, naming.outside(groups), {
      write(network, units, input) {
        const [hidden, scale] = [squeezed ?? 1, naming.scaled ? config.number("res_scale", 1) : 1];
        config.confirm("reduction", units / hidden);
        return writeGroups(network, naming, { groups, blocks, units, hidden, scale }, input);
      },
      assumptions: naming.scaled ? [{ key: "res_scale", value: 1 }] : [],
      warnings: naming.scaled ? [] : unused(config, "res_scale", "the authors' code does not scale"),
    });
  },
};

/** Each group has as many blocks as most have; groups, and all their blocks, are no more than there are names. */
function counted(tensors: TensorReader, { block }: Naming): { readonly groups: number; readonly blocks: number } {
  const names = tensors.names();
  const groups = Math.max(1, Math.min(lastIndex(names, block) + 1, names.length));
  const inside = new Map<string, string[]>();
  for (const name of names) {
    const [, group, index] = block.exec(name) ?? [];
    if (group === undefined) continue;
    const indices = inside.get(group);
    if (indices) indices.push(index!);
    else inside.set(group, [index!]);
  }
  const usual = mostCommon([...inside.values()].map((indices) => lastIndex(indices, /^([0-9]+)$/) + 1)) ?? 1;
  return { groups, blocks: Math.max(1, Math.min(usual, Math.floor(names.length / groups))) };
}

interface Groups {
  readonly groups: number;
  readonly blocks: number;
  readonly units: number;
  /** Channels between the two layers of an attention. */
  readonly hidden: number;
  /** What the result of a block is multiplied by. */
  readonly scale: number;
}

/** Group: x + conv(blocks(x)). */
function writeGroups(network: NetworkWriter, naming: Naming, groups: Groups, input: string): string {
  const { units } = groups;
  let value = input;
  for (let group = 0; group < groups.groups; group++) {
    let inner = value;
    for (let block = 0; block < groups.blocks; block++) {
      inner = writeBlock(network, naming, naming.blockOf(group, block), groups, inner);
    }
    const name = naming.afterBlocks(group, groups.blocks);
    const after = network.conv({ name, in: inner, channels: units, out: units, kernel: 3 });
    value = network.add({ name: `body.${group}`, op: "add", in: [after, value] });
  }
  return value;
}

/** Block: x + scale · z · sigmoid(linear(relu(linear(mean(z))))), z = conv(relu(conv(x))). */
function writeBlock(
  network: NetworkWriter,
  naming: Naming,
  name: string,
  { units, hidden, scale }: Groups,
  input: string,
) {
  const kernel = { channels: units, out: units, kernel: 3 };
  const [one, two] = naming.convs.map((conv) => `${name}.${conv}`) as [string, string];
  const [squeeze, excite] = naming.attention.map((layer) => `${name}.${layer}`) as [string, string];
  const first = network.conv({ name: one, in: input, ...kernel });
  const act = network.add({ name: `${name}.relu`, op: "relu", in: first });
  const second = network.conv({ name: two, in: act, ...kernel });
  const pooled = network.add({ name: `${name}.mean`, op: "global_pool", in: second });
  const narrow = network.linear({ name: squeeze, in: pooled, channels: units, out: hidden });
  const relu = network.add({ name: `${name}.attention.relu`, op: "relu", in: narrow });
  const wide = network.linear({ name: excite, in: relu, channels: hidden, out: units });
  const gate = network.add({ name: `${name}.gate`, op: "sigmoid", in: wide });
  const weighed = network.add({ name: `${name}.weighed`, op: "channel_scale", in: second, by: gate });
  const change = scale === 1 ? weighed : network.add({ name: `${name}.scaled`, op: "affine", in: weighed, scale });
  return network.add({ name, op: "add", in: [change, input] });
}
