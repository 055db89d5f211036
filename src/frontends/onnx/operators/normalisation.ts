import { computed } from "../../../tensors/derived.js";
import type { LazyTensor } from "../../../tensors/tensor.js";
import { floatOf, intOf } from "../attributes.js";
import { channelsOf, constantOf, inputOf, onlyFirstOutput, optionalVector, pictureOf } from "../operands.js";
import { NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";

/** ONNX's default ε, as float32 holds it. */
const EPSILON = Math.fround(1e-5);

function vectorOf(source: SourceNode, index: number, what: string): LazyTensor {
  return optionalVector(source, index, what, channelsOf(source, 0)) ?? constantOf(source, index, what);
}

/** γ · (x − μ) / √(σ² + ε) + β, one of each for each channel. */
const batchNormalization: Read = (source, write) => {
  const { node, opset } = source;
  if (intOf(node, "training_mode", 0) !== 0) throw new NotRead("it runs in training mode");
  if (opset < 9 && intOf(node, "spatial", 1) === 0)
    throw new NotRead("it normalises each pixel separately (spatial 0)");
  onlyFirstOutput(source, "other nodes use its statistics");
  const epsilon = floatOf(node, "epsilon", EPSILON);
  const channels = channelsOf(source, 0);
  const [gamma, beta] = [vectorOf(source, 1, "scale"), vectorOf(source, 2, "B")];
  const [mean, variance] = [vectorOf(source, 3, "mean"), vectorOf(source, 4, "variance")];
  const factor = (g: number, v: number): number => g / Math.sqrt(v + epsilon);
  const scale = computed([channels], [gamma, variance], (g, v) =>
    Float64Array.from(g, (value, c) => factor(value, v[c]!)),
  );
  const shift = computed([channels], [gamma, beta, mean, variance], (g, b, m, v) =>
    Float64Array.from(g, (value, c) => b[c]! - m[c]! * factor(value, v[c]!)),
  );
  const constants = [write.constant("scale", scale), write.constant("shift", shift)];
  write.node("channel_affine", [inputOf(source, 0), ...constants], {}, { output: 0 });
};

const instanceNormalization: Read = (source, write) => {
  pictureOf(source, 0);
  const constants = [
    write.constant("scale", vectorOf(source, 1, "scale")),
    write.constant("shift", vectorOf(source, 2, "B")),
  ];
  const epsilon = floatOf(source.node, "epsilon", EPSILON);
  write.node("instance_norm", [inputOf(source, 0), ...constants], { epsilon }, { output: 0 });
};

export const NORMALISATION = {
  BatchNormalization: { read: batchNormalization },
  InstanceNormalization: { read: instanceNormalization },
} satisfies Readonly<Record<string, OperatorRow>>;
