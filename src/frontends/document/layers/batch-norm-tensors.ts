import { computed } from "../../../tensors/derived.js";
import type { LayerBuilder } from "./layer.js";

/**
 * A BatchNorm in evaluation as scale and shift per channel, computed in float64 (Ioffe & Szegedy 2015):
 * scale = γ / √(var + ε), shift = β − mean · scale. Returns the names of the two constants [channels].
 */
export function foldedBatchNorm(
  builder: LayerBuilder,
  prefix: string,
  channels: number,
  epsilon: number,
): readonly [string, string] {
  const tensor = (name: string) => builder.tensor(builder.weight(`${prefix}.${name}`, [channels]));
  const gamma = tensor("weight");
  const beta = tensor("bias");
  const mean = tensor("running_mean");
  const variance = tensor("running_var");
  const scale = computed([channels], [gamma, variance], (g, v) =>
    Float64Array.from(g, (value, c) => value / Math.sqrt(v[c]! + epsilon)),
  );
  const shift = computed([channels], [beta, mean, scale], (b, m, s) =>
    Float64Array.from(b, (value, c) => value - m[c]! * s[c]!),
  );
  return [builder.constant(`${prefix}.scale`, scale), builder.constant(`${prefix}.shift`, shift)];
}
