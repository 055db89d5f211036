/** What Triton gets to know of a model: the messages of `schemas/triton/model_config.proto` as smxc uses them. */
import type { GraphTensor, GraphTensors } from "./graph-tensors.js";

export interface ConfigTensor {
  readonly name: string;
  readonly data_type: string;
  readonly dims: readonly number[];
}

interface WarmupInput {
  readonly data_type: string;
  readonly dims: readonly number[];
  readonly zero_data: true;
}

export interface ModelConfig {
  readonly name: string;
  readonly backend: "onnxruntime";
  readonly max_batch_size: number;
  readonly input: readonly ConfigTensor[];
  readonly output: readonly ConfigTensor[];
  readonly instance_group: readonly { readonly kind: "KIND_CPU" | "KIND_GPU"; readonly count: number }[];
  readonly dynamic_batching?: {
    readonly max_queue_delay_microseconds: number;
    readonly default_queue_policy: {
      readonly timeout_action: "REJECT";
      readonly default_timeout_microseconds: number;
      readonly allow_timeout_override: boolean;
      readonly max_queue_size: number;
    };
  };
  readonly optimization: { readonly graph: { readonly level: number } };
  readonly parameters: Readonly<Record<string, { readonly string_value: string }>>;
  readonly model_warmup: readonly {
    readonly name: string;
    readonly batch_size: number;
    readonly inputs: Readonly<Record<string, WarmupInput>>;
  }[];
}

export interface ConfigOptions {
  readonly name: string;
  /** The most samples of a batch; 0 where the server is to join nothing. */
  readonly maxBatch: number;
  readonly kind: "cpu" | "gpu";
  readonly instances: number;
  /** Side of the pictures of the warm-up, where heights and widths are open. */
  readonly side: number;
}

/**
 * How long a request waits for others: short compared with the work of a batch, and long enough for requests that
 * arrive together.
 */
const QUEUE_DELAY = 500;
/** A request that still waits after this time is refused; clients may set a shorter time. */
const TIMEOUT = 30_000_000;
/** Full batches that may wait for each instance; further requests are refused at once. */
const WAITING_BATCHES = 8;

export function modelConfig(tensors: GraphTensors, options: ConfigOptions): ModelConfig {
  const { name, maxBatch, kind, instances } = options;
  const joins = maxBatch > 0;
  const tensorOf = ({ name, type, shape }: GraphTensor): ConfigTensor => ({
    name,
    data_type: type,
    dims: (joins ? shape.slice(1) : shape).map((dim) => (typeof dim === "number" ? dim : -1)),
  });
  const input = tensors.inputs.map(tensorOf);
  const batches = joins && maxBatch > 1 ? [1, maxBatch] : [1];
  return {
    name,
    backend: "onnxruntime",
    max_batch_size: maxBatch,
    input,
    output: tensors.outputs.map(tensorOf),
    instance_group: [{ kind: kind === "gpu" ? "KIND_GPU" : "KIND_CPU", count: instances }],
    ...(joins
      ? {
          dynamic_batching: {
            max_queue_delay_microseconds: QUEUE_DELAY,
            default_queue_policy: {
              timeout_action: "REJECT",
              default_timeout_microseconds: TIMEOUT,
              allow_timeout_override: true,
              max_queue_size: WAITING_BATCHES * maxBatch * instances,
            },
          },
        }
      : {}),
    // All rewrites of ONNX Runtime; in this backend 2 would turn them off.
    optimization: { graph: { level: 0 } },
    // Instances share the cores out; threads inside a run pay for small operators that one thread does as fast.
    parameters: {
      intra_op_thread_count: { string_value: "1" },
      inter_op_thread_count: { string_value: "1" },
    },
    model_warmup: batches.map((batch) => ({
      name: `batch of ${batch}`,
      batch_size: batch,
      inputs: Object.fromEntries(input.map((tensor) => [tensor.name, warmup(tensor, options.side, joins)])),
    })),
  };
}

/** Open heights and widths of pictures get a side, other open sizes are 1. */
function warmup({ data_type, dims }: ConfigTensor, side: number, joins: boolean): WarmupInput {
  const isPicture = dims.length === (joins ? 3 : 4);
  const sizeOf = (dim: number, at: number): number => {
    if (dim > 0) return dim;
    return isPicture && at >= dims.length - 2 ? side : 1;
  };
  return { data_type, dims: dims.map(sizeOf), zero_data: true };
}
