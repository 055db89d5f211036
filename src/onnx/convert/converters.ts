/** The steps of ai.onnx operators, by the version that makes them, in which a node has to be written anew. */
import type { Converter } from "./converter.js";
import { intsToInputs, kToInput } from "./rows/attributes-to-inputs.js";
import { clipToInputs, padToInputs } from "./rows/bounds.js";
import {
  dropoutWithoutMask,
  dropoutWithoutRatio,
  normalizationInInference,
  normalizationOfChannels,
} from "./rows/inference-only.js";
import { erfOfFloats, sayRoiCoordinates, scanOfBatches, scatterToScatterElements } from "./rows/renamed.js";
import { sayCoordinates, scalesToInput, upsampleToResize, withoutTensorFlowsNearest } from "./rows/resize.js";
import { alongOneAxis } from "./rows/softmax.js";

export type StepTable<T> = Readonly<Record<string, Readonly<Record<number, T>>>>;

export const CONVERTERS: StepTable<Converter> = {
  BatchNormalization: { 9: normalizationOfChannels, 14: normalizationInInference },
  Clip: { 11: clipToInputs },
  Dropout: { 10: dropoutWithoutMask, 12: dropoutWithoutRatio },
  Erf: { 13: erfOfFloats },
  Hardmax: { 13: alongOneAxis },
  LogSoftmax: { 13: alongOneAxis },
  Pad: { 11: padToInputs },
  ReduceSum: { 13: intsToInputs("axes") },
  Resize: { 11: sayCoordinates, 13: withoutTensorFlowsNearest },
  RoiAlign: { 16: sayRoiCoordinates },
  Scan: { 9: scanOfBatches },
  Scatter: { 11: scatterToScatterElements },
  Slice: { 10: intsToInputs("starts", "ends", "axes") },
  Softmax: { 13: alongOneAxis },
  Split: { 13: intsToInputs("split") },
  Squeeze: { 13: intsToInputs("axes") },
  TopK: { 10: kToInput },
  Unsqueeze: { 13: intsToInputs("axes") },
  Upsample: { 9: scalesToInput, 10: upsampleToResize },
};
