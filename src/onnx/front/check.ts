/** The checker, for files and for records. */
import { type Bytes, sourceOf } from "../../base/bytes/bytes.js";
import { asLibrary } from "../../base/remedy.js";
import { type CheckOptions, checkFile, checkModel as checkRecord } from "../check/check-model.js";
import type { Finding } from "../check/finding.js";
import { encodedLength } from "../encode.js";
import type { ModelProto } from "../graph/records.js";

/**
 * Checks a file by the rules of `onnx.checker.check_model`, and more where `options` say so. Bytes that are no protobuf
 * message, or a file of another kind, are a finding like any other; no finding means that the file is valid.
 *
 * @throws SmxcError only where the source cannot be read
 */
export async function checkBytes(source: Bytes, options: CheckOptions = {}): Promise<readonly Finding[]> {
  return asLibrary(() => checkFile(sourceOf("model.onnx", source), options));
}

/**
 * Checks a record, as {@link checkBytes} checks the file that would be written of it. Of a file that was read, what only its
 * bytes tell (what follows the model's end, text that is not UTF-8) is not told.
 *
 * @throws SmxcError only where values cannot be read
 */
export async function checkModel(model: ModelProto, options: CheckOptions = {}): Promise<readonly Finding[]> {
  const source = { size: encodedLength(model) };
  return asLibrary(() => checkRecord({ message: model, source, notes: [], trailing: null }, options));
}
