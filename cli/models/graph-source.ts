/** ONNX files that are taken in: checked, with the data files beside them. */
import { dirname } from "node:path";
import { type Diagnostic, error, SmxcError } from "../../src/base/diagnostics.js";
import { checkModel } from "../../src/onnx/check/check-model.js";
import { asOpened } from "../../src/onnx/check/external-data.js";
import { modelFolder } from "../../src/onnx/check/external-data-node.js";
import type { ExternalDataFile } from "../../src/onnx/check/external-folder.js";
import { normalisePath } from "../../src/onnx/check/external-path.js";
import type { Finding } from "../../src/onnx/check/finding.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { withExternalData } from "../../src/onnx/rewrite/with-external-data.js";
import { signatureOf } from "../../src/onnx/signature.js";
import type { GraphModel } from "../../src/open-model.js";

/** A valid model that holds all of its data. */
export interface GraphSourceFile {
  readonly model: ModelWithGraph;
  /** The model's own file and its data files. */
  readonly files: readonly string[];
  close(): Promise<void>;
}

/** @throws SmxcError with every rule of `smxc check` that the model breaks */
export async function openGraphSource({ name, decoded }: GraphModel): Promise<GraphSourceFile> {
  const folder = modelFolder(dirname(name));
  const findings = await checkModel(decoded, { folder });
  const broken = findings.filter(({ severity }) => severity === "error");
  if (broken.length > 0) throw new SmxcError(broken.map((finding) => diagnosticOf(name, finding)));
  const model = decoded.message as ModelWithGraph;
  const locations = [...signatureOf(model).external];
  const opened = new Map<string, ExternalDataFile>();
  const close = async (): Promise<void> => {
    for (const file of opened.values()) await file.close();
  };
  try {
    for (const location of locations) opened.set(location, (await folder.open(asOpened(normalisePath(location))))!);
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    model: locations.length === 0 ? model : (withExternalData(model, (at) => opened.get(at)!) as ModelWithGraph),
    files: [name, ...locations.map((location) => `${dirname(name)}/${location}`)],
    close,
  };
}

function diagnosticOf(file: string, { rule, message, place, hint }: Finding): Diagnostic {
  return error(rule, message, { file, place, ...(hint === undefined ? {} : { hint }) });
}
