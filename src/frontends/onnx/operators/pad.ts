import { shapeText } from "../../../ir/dim.js";
import type { PadMode } from "../../../ir/ops/pad.js";
import { floatOf, intsOf, textOf } from "../attributes.js";
import { axisOf, inputOf, keep, numbersOf, optionalNumber, shapeOf } from "../operands.js";
import { NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";

const MODES: ReadonlyMap<string, PadMode> = new Map([
  ["constant", "zeros"],
  ["reflect", "reflect"],
  ["edge", "replicate"],
]);

/** Elements added before and after each axis: attributes until opset 10, inputs from 11 on, of some axes from 18 on. */
function padsOf(source: SourceNode, rank: number): readonly (readonly [number, number])[] {
  const { node, opset } = source;
  const pads = opset < 11 ? (intsOf(node, "pads") ?? []) : numbersOf(source, 1, "pads");
  const given = opset < 18 || source.input(3) === undefined ? undefined : numbersOf(source, 3, "axes");
  const axes = given?.map((axis) => axisOf(axis, rank)) ?? Array.from({ length: rank }, (_, axis) => axis);
  if (pads.length !== 2 * axes.length) throw new NotRead(`${pads.length} pads are given for ${axes.length} axes`);
  const all = Array.from({ length: rank }, (): readonly [number, number] => [0, 0]);
  axes.forEach((axis, index) => {
    all[axis] = [pads[index]!, pads[axes.length + index]!];
  });
  return all;
}

function checkZero(source: SourceNode): void {
  const value = source.opset < 11 ? floatOf(source.node, "value", 0) : optionalNumber(source, 2, "value");
  if (value !== undefined && value !== 0) throw new NotRead(`it pads with ${value}, not with zeros`);
}

const pad: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const all = padsOf(source, x.length);
  if (all.flat().every((each) => each === 0)) return keep(write, inputOf(source, 0));
  if (x.length !== 4) throw new NotRead(`it pads ${shapeText(x)}, which is not a picture [N,C,H,W]`);
  const [batch, channels, rows, columns] = all as [never, never, readonly [number, number], readonly [number, number]];
  if ([batch, channels].flat().some((each) => each !== 0)) throw new NotRead("it pads the batch or the channels");
  const pads = [rows[0], columns[0], rows[1], columns[1]] as const;
  const word = textOf(source.node, "mode", "constant");
  const mode = MODES.get(word);
  if (mode === undefined) throw new NotRead(`its mode is "${word}"`);
  const cuts = pads.every((each) => each <= 0);
  if (mode === "zeros" && !cuts) checkZero(source);
  write.node("pad", [inputOf(source, 0)], { mode: cuts ? "zeros" : mode, pads }, { output: 0 });
};

export const PAD = { Pad: { read: pad } } satisfies Readonly<Record<string, OperatorRow>>;
