import { compile } from "../src/compile.js";
import { error, SmxcError } from "../src/diagnostics.js";
import type { Target } from "../src/lowerings/targets.js";
import { readMetadata } from "../src/metadata.js";
import { decodeModel } from "../src/onnx/decode.js";
import { encodeModel } from "../src/onnx/encode.js";
import { type Signature, signatureOf } from "../src/onnx/signature.js";
import type { Session } from "../src/runtime/session.js";
import { createNodeSession } from "../src/runtime/session-ort-node.js";
import type { ModelSpec } from "../src/spec/document.js";
import { collect } from "../src/weights/byte-source.js";
import { openFileSource } from "../src/weights/file-source-node.js";
import type { Context } from "./command.js";
import { loadModel } from "./load-model.js";

/** A network that is ready to restore pictures, from a document or from a graph. */
export interface OpenNetwork {
  readonly session: Session;
  readonly image: NonNullable<ModelSpec["image"]>;
  /** Names of the main input and output. */
  readonly input: string;
  readonly output: string;
  readonly files: readonly string[];
}

/** Opens `model.json`, which is compiled in memory, or `model.onnx`. */
export async function openNetwork(path: string, target: Target, context: Context): Promise<OpenNetwork> {
  return (await isDocument(path)) ? openDocument(path, target, context) : openGraph(path, target);
}

/** Whether a file is a model document: its first character that is not white is a brace. */
export async function isDocument(path: string): Promise<boolean> {
  const source = await openFileSource(path);
  try {
    const head = new TextDecoder().decode(await source.read(0, Math.min(64, source.size)));
    return /^\s*\{/.test(head) || path.endsWith(".json");
  } finally {
    await source.close();
  }
}

async function openDocument(path: string, target: Target, context: Context): Promise<OpenNetwork> {
  const model = await loadModel(path, context.report);
  try {
    return await model.within(async () => {
      const { spec } = model;
      if (!spec.image) throw new SmxcError([noImage(path)]);
      const compiled = compile(spec, model.weights, { target, report: context.report });
      const bytes = await collect(encodeModel(compiled.model).model);
      const session = await createNodeSession({ name: path, bytes }, { target });
      return { session, image: spec.image, input: spec.inputs[0]!.name, output: spec.outputs[0]!, files: model.files };
    });
  } finally {
    await model.close();
  }
}

async function openGraph(path: string, target: Target): Promise<OpenNetwork> {
  const signature = await readSignature(path);
  const image = readMetadata(signature.metadata)?.image;
  if (!image) throw new SmxcError([noImage(path)]);
  const session = await createNodeSession(path, { target });
  return { session, image, input: session.inputNames[0]!, output: session.outputNames[0]!, files: [path] };
}

export async function readSignature(path: string): Promise<Signature> {
  const source = await openFileSource(path);
  try {
    return signatureOf((await decodeModel(source)).message);
  } finally {
    await source.close();
  }
}

const noImage = (file: string) =>
  error("run/no-image", "the model does not say how pictures become its input", {
    file,
    hint: 'give the document an "image" entry: {"range":[0,1],"color":"rgb","scale":2}',
  });
