/** What ONNX Runtime's JavaScript packages have in common: sessions and tensors in their form, made into smxc's. */
import type { InferenceSession, Tensor as OrtTensor, TypedTensor } from "onnxruntime-web";
import { SmxcError } from "../base/diagnostics.js";
import { float16ToFloat32, float32ToFloat16Bits } from "../tensors/half-float.js";
import { lostOutput, missingFeed, runtimeFailed, unknownFeed, unsupportedType } from "./errors.js";
import type { ModelBytes, Port, Session, SessionOptions, Tensor } from "./session.js";

/** The package `onnxruntime-node`, or one of the entries of `onnxruntime-web`. */
export type OrtModule = typeof import("onnxruntime-web");

/**
 * @param model bytes, or the path of a file where the package reads files
 * @throws SmxcError `runtime/failed` with ONNX Runtime's message
 */
export async function createOrtSession(
  ort: OrtModule,
  model: ModelBytes | string,
  options: SessionOptions,
): Promise<Session> {
  const name = typeof model === "string" ? model : model.name;
  ort.env.logLevel = "fatal";
  const session = await orFailure(name, "load", openSession(ort, model, sessionOptions(model, options)));
  const inputs = session.inputMetadata.map(
    (port): Port => ({
      name: port.name,
      type: port.isTensor ? port.type : "other",
      shape: port.isTensor ? port.shape : [],
    }),
  );
  const run: Session["run"] = async (feeds) => {
    const values = await orFailure(name, "run", session.run(ortFeeds(ort, name, inputs, feeds)), feeds);
    return new Map(
      session.outputNames.map((output) => [output, fromOrt(name, output, ownValue(name, values, output))]),
    );
  };
  // Not every package takes a run while another is under way.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    inputs,
    parallel: 1,
    run: async (feeds, owner) => {
      const outputs = await inTurn(() => run(feeds));
      if (typeof owner === "function") owner(feeds);
      return outputs;
    },
    release: () => inTurn(() => session.release()),
  };
}

function openSession(
  ort: OrtModule,
  model: ModelBytes | string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return typeof model === "string"
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model.bytes, options);
}

function sessionOptions(
  model: ModelBytes | string,
  { target, optimization = "all", threads, noFallback }: SessionOptions,
): InferenceSession.SessionOptions {
  const { externalData: external, folder } = typeof model === "string" ? ({} as Partial<ModelBytes>) : model;
  const entries = {
    // Otherwise the threads of a session spin after a run for some milliseconds, and slow down whoever runs next.
    force_spinning_stop: "1",
    ...(noFallback ? { disable_cpu_ep_fallback: "1" } : {}),
    ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }),
  };
  return {
    executionProviders: [target],
    graphOptimizationLevel: optimization,
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(external === undefined ? {} : { externalData: external.map(({ path, bytes }) => ({ path, data: bytes })) }),
    extra: { session: entries },
  };
}

/** Checks the names, since the packages differ in what they say of a wrong one. */
function ortFeeds(
  ort: OrtModule,
  model: string,
  inputs: readonly Port[],
  feeds: ReadonlyMap<string, Tensor>,
): InferenceSession.FeedsType {
  const known = new Set(inputs.map(({ name }) => name));
  const findings = [
    ...inputs.filter(({ name }) => !feeds.has(name)).map(({ name }) => missingFeed(model, name)),
    ...[...feeds.keys()].filter((name) => !known.has(name)).map((name) => unknownFeed(model, name, [...known])),
  ];
  if (findings.length > 0) throw new SmxcError(findings);
  return Object.fromEntries(inputs.map(({ name, type }) => [name, toOrt(ort, model, name, type, feeds.get(name)!)]));
}

function toOrt(ort: OrtModule, model: string, name: string, type: string, { data, shape }: Tensor): OrtTensor {
  const convert = TO_ORT.get(type);
  if (convert === undefined) throw new SmxcError([unsupportedType(model, name, type)]);
  return convert(ort, data, shape);
}

type ToOrt = (ort: OrtModule, data: Float32Array, shape: readonly number[]) => OrtTensor;

const TO_ORT: ReadonlyMap<string, ToOrt> = new Map<string, ToOrt>([
  ["float32", (ort, data, shape) => new ort.Tensor("float32", data, shape)],
  ["float16", (ort, data, shape) => float16Tensor(ort, float32ToFloat16Bits(data), shape)],
  ["float64", (ort, data, shape) => new ort.Tensor("float64", Float64Array.from(data), shape)],
  ["int32", (ort, data, shape) => new ort.Tensor("int32", Int32Array.from(data), shape)],
  ["int64", (ort, data, shape) => new ort.Tensor("int64", BigInt64Array.from(Array.from(data, BigInt)), shape)],
  ["bool", (ort, data, shape) => new ort.Tensor("bool", Array.from(data, Boolean), shape)],
]);

/**
 * Where the engine has a Float16Array, the package makes one of the bits, and onnxruntime-node takes that for an array
 * without bytes (its node-addon-api knows no such array). Every package takes the bits as integers.
 */
function float16Tensor(ort: OrtModule, bits: Uint16Array, shape: readonly number[]): OrtTensor {
  return Object.defineProperty(new ort.Tensor("float16", bits, shape), "data", { value: bits });
}

/** ONNX Runtime puts the results into an ordinary object, in which one called `__proto__` is lost. */
function ownValue(model: string, values: InferenceSession.ReturnType, output: string): OrtTensor {
  if (!Object.hasOwn(values, output)) throw new SmxcError([lostOutput(model, output)]);
  return values[output]!;
}

function fromOrt(model: string, name: string, value: OrtTensor): Tensor {
  const { data, dims, type } = value as TypedTensor<OrtTensor.Type>;
  if (type === "string") throw new SmxcError([unsupportedType(model, name, type)]);
  return { data: toFloat32(data as Exclude<typeof data, string[]>, type), shape: dims };
}

function toFloat32(data: ArrayLike<number> | BigInt64Array | BigUint64Array, type: OrtTensor.Type): Float32Array {
  if (data instanceof Float32Array) return data;
  // The bits come as a Float16Array where the engine has one, elsewhere as integers.
  if (type === "float16" && ArrayBuffer.isView(data)) {
    return float16ToFloat32(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2));
  }
  return Float32Array.from(data as ArrayLike<number>, Number);
}

async function orFailure<T>(
  model: string,
  action: "load" | "run",
  work: Promise<T>,
  feeds: ReadonlyMap<string, Tensor> = new Map(),
): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const sizes = [...feeds].map(([name, { shape }]) => `${name} ${shape.join("x")}`);
    throw new SmxcError([runtimeFailed(model, action, cause instanceof Error ? cause.message : String(cause), sizes)]);
  }
}
