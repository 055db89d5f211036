/** The checker, for files and for records. */
import { type Bytes, sourceOf } from "../../base/bytes/bytes.js";
import { asLibrary } from "../../base/remedy.js";
import { type CheckOptions, checkFile, checkModel as checkRecord } from "../check/check-model.js";
import type { Finding } from "../check/finding.js";
import { encodedLength } from "../encode.js";
import type { ModelProto } from "../graph/records.js";

/**
 * Checks a file by the rules of `onnx.checker.check_model`, and more rules if `options` ask for them. Bytes that are
 * not a protobuf message, or a file of another kind, are a finding too. Without findings the file is valid.
 *
 * @throws SmxcError only if the source cannot be read
 */
export async function checkBytes(source: Bytes, options: CheckOptions = {}): Promise<readonly Finding[]> {
  return asLibrary(() => checkFile(sourceOf("model.onnx", source), options));
}

/**
 * Checks a record like {@link checkBytes} checks the file that would be written from it. Findings that only the bytes
 * of a file can show (bytes after the end of the model, text that is not UTF-8) are not reported.
 *
 * @throws SmxcError only if values cannot be read
 */
export async function checkModel(model: ModelProto, options: CheckOptions = {}): Promise<readonly Finding[]> {
  const source = { size: encodedLength(model) };
  return asLibrary(() => checkRecord({ message: model, source, notes: [], trailing: null }, options));
}
