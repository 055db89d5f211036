import { dirname, isAbsolute, join } from "node:path";
import { openFileSource } from "../../src/base/bytes/file-source-node.js";
import { type Diagnostic, error, SmxcError } from "../../src/base/diagnostics.js";
import { placeErrors } from "../../src/base/place-errors.js";
import { openWeights } from "../../src/files/open.js";
import { sampleOf } from "../../src/files/sample.js";
import { refuseNoDocument } from "../../src/files/wanted.js";
import type { ModelSpec } from "../../src/frontends/document/document.js";
import * as errors from "../../src/frontends/document/errors.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import type { TensorStore } from "../../src/tensors/tensor.js";

/** A model document and its weights, opened for reading. */
export interface LoadedModel {
  readonly spec: ModelSpec;
  readonly weights: TensorStore | undefined;
  /** The files behind it: none of them may be an output. */
  readonly files: readonly string[];
  /** Runs work on the model and gives its errors their place in the document. */
  placeErrors<T>(work: () => T | Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The largest document that is read: documents are text that people write. */
const LARGEST_DOCUMENT = 2 ** 26;

/** Opens `model.json` and the weights that it names; a pair that does not belong together is refused. */
export async function loadModel(path: string, report: (diagnostic: Diagnostic) => void): Promise<LoadedModel> {
  const { spec, place } = parseDocument(await readDocument(path), path);
  const file = spec.weights?.file;
  if (file === undefined) {
    return {
      spec,
      weights: undefined,
      files: [path],
      placeErrors: (work) => placeErrors(place, work),
      close: async () => {},
    };
  }
  const weightsPath = await placeErrors(place, () => besideDocument(path, file));
  const source = await openFileSource(weightsPath);
  try {
    const expected = spec.weights?.sha256;
    const found = expected === undefined ? undefined : await source.sha256();
    if (expected !== undefined && found !== expected) {
      throw new SmxcError([{ ...place({ ...errors.wrongChecksum(expected, found!) }), place: weightsPath }]);
    }
    const weights = await openWeights(source, { report });
    return {
      spec,
      weights,
      files: [path, weightsPath],
      placeErrors: (work) => placeErrors(place, work),
      close: () => source.close(),
    };
  } catch (cause) {
    await source.close();
    throw cause;
  }
}

async function readDocument(path: string): Promise<Uint8Array> {
  const source = await openFileSource(path);
  try {
    refuseNoDocument(await sampleOf(source));
    if (source.size > LARGEST_DOCUMENT) {
      throw new SmxcError([
        error(
          "document/too-large",
          `a model document of ${source.size} bytes is larger than the limit of ${LARGEST_DOCUMENT}`,
          {
            file: path,
            hint: "is this the weights file? compile takes the model.json that import wrote",
          },
        ),
      ]);
    }
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}

function besideDocument(path: string, file: string): string {
  if (isAbsolute(file) || file.split(/[\\/]/).includes("..") || file.includes("\0"))
    throw new SmxcError([errors.weightsElsewhere(file)]);
  return join(dirname(path), file);
}
