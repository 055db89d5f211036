/** Blocks of pixels as channels, and channels as blocks of pixels. */
import type { ChannelOrder } from "../../../ir/ops/pixel-shuffle.js";
import { intOf, textOf } from "../attributes.js";
import { inputOf, pictureOf } from "../operands.js";
import { NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";

/** `mode` is an attribute from opset 11 on, and DCR before. */
function orderOf({ node }: SourceNode): ChannelOrder {
  const mode = textOf(node, "mode", "DCR");
  if (mode !== "DCR" && mode !== "CRD") throw new NotRead(`its mode is "${mode}"`);
  return mode;
}

function sideOf({ node }: SourceNode): number {
  const side = intOf(node, "blocksize", 0);
  if (side < 1) throw new NotRead(`its blocksize is ${side}`);
  return side;
}

const depthToSpace: Read = (source, write) => {
  pictureOf(source, 0);
  const attributes = { scale: sideOf(source), order: orderOf(source) };
  write.node("pixel_shuffle", [inputOf(source, 0)], attributes, { output: 0 });
};

const spaceToDepth: Read = (source, write) => {
  pictureOf(source, 0);
  const attributes = { scale: sideOf(source), order: "DCR" } as const;
  write.node("pixel_unshuffle", [inputOf(source, 0)], attributes, { output: 0 });
};

export const BLOCKS = {
  DepthToSpace: { read: depthToSpace },
  SpaceToDepth: { read: spaceToDepth },
} satisfies Readonly<Record<string, OperatorRow>>;
