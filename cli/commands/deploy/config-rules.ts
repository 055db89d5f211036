/** Rules from Triton's documentation that the schema cannot express, for a configuration that someone edited. */
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import type { ConfigPlace } from "./check-config.js";
import { breaksRule } from "./errors.js";

/** What people tune. */
export interface TunedConfig {
  readonly name?: string;
  readonly backend?: string;
  readonly platform?: string;
  readonly max_batch_size: number;
  readonly dynamic_batching?: {
    readonly max_queue_delay_microseconds?: number;
    readonly preferred_batch_size?: readonly number[];
  };
  readonly instance_group?: readonly {
    readonly kind?: string;
    readonly count?: number;
    readonly gpus?: readonly number[];
  }[];
}

/** @param name of the model's folder */
export function brokenRules(config: TunedConfig, name: string, { file, lineOf }: ConfigPlace): readonly Diagnostic[] {
  const { max_batch_size: most, dynamic_batching: batching, instance_group: groups } = config;
  const rules: readonly (readonly [isBroken: boolean, field: string, message: string, hint: string])[] = [
    [
      config.name !== undefined && config.name !== name,
      "name",
      `the model is called "${config.name}", but its folder "${name}"`,
      "leave the name out, or write the folder's name: Triton needs the two to be equal",
    ],
    [
      config.backend !== "onnxruntime" && config.platform !== "onnxruntime_onnx",
      "backend",
      config.backend === undefined ? "no backend is named" : `the backend "${config.backend}" cannot run an ONNX graph`,
      'write backend: "onnxruntime"',
    ],
    [
      most < 0,
      "max_batch_size",
      `max_batch_size is ${most}`,
      "write 0 for no batches, or the largest number of requests in a batch",
    ],
    [
      (batching?.preferred_batch_size ?? []).some((size) => size < 1 || size > most),
      "preferred_batch_size",
      `the preferred batch size ${batching?.preferred_batch_size?.join(", ")} is not between 1 and max_batch_size (${most})`,
      "leave out preferred_batch_size; without it, a batch may have any size",
    ],
    [
      (groups ?? []).some(({ count }) => count !== undefined && count < 1),
      "count",
      "an instance group has no instance",
      "leave out count, or write 1 or more",
    ],
    [
      (groups ?? []).some(({ kind, gpus }) => kind === "KIND_CPU" && (gpus ?? []).length > 0),
      "gpus",
      "an instance group of KIND_CPU names GPUs",
      "leave out gpus, or write KIND_GPU",
    ],
  ];
  return rules.flatMap(([isBroken, field, message, hint]) =>
    isBroken ? [breaksRule(file, message, hint, lineOf?.(field))] : [],
  );
}
