/** Models on the command line: the files that paths name, and those beside them. */
import { dirname, isAbsolute, join } from "node:path";
import { openFileSource } from "../../src/base/bytes/file-source-node.js";
import { type Reporter, SmxcError } from "../../src/base/diagnostics.js";
import * as errors from "../../src/frontends/document/errors.js";
import { type Signature, signatureOf } from "../../src/onnx/signature.js";
import { type ModelOf, openModel, type WantedModel } from "../../src/open-model.js";
import { modelPath } from "../../src/shipped/model-path-node.js";

/**
 * Opens `model.json` with the weights that it names, `model.onnx`, or a network that comes with smxc by its name.
 *
 * @throws SmxcError as `openModel` and `modelPath`, and `io/…`
 */
export async function openModelFile<W extends WantedModel>(
  given: string,
  wanted: W,
  report: Reporter = () => {},
): Promise<ModelOf<W>> {
  const path = await modelPath(given, wanted === "graph" ? "graph" : "document", report);
  return openModel(await openFileSource(path), wanted, {
    report,
    weights: async (file) => (file === undefined ? undefined : openFileSource(besideDocument(path, file))),
  });
}

export async function readSignature(path: string): Promise<Signature> {
  const { decoded, close } = await openModelFile(path, "graph");
  try {
    return signatureOf(decoded.message);
  } finally {
    await close();
  }
}

function besideDocument(path: string, file: string): string {
  if (isAbsolute(file) || file.split(/[\\/]/).includes("..") || file.includes("\0"))
    throw new SmxcError([errors.weightsElsewhere(file)]);
  return join(dirname(path), file);
}
