/** Where the values of a tensor are that are in a file of their own. */
import { error, SmxcError } from "../base/diagnostics.js";
import type { TensorProto } from "./graph/records.js";

export interface ExternalRange {
  /** As the model names the file. */
  readonly location: string;
  /** In bytes. */
  readonly offset: number;
  /** Absent: to the end of the file. */
  readonly length: number | undefined;
}

const EXTERNAL = 1;

/**
 * Null for tensors that hold their values themselves.
 * @throws SmxcError `onnx/external-number` for an offset or length that is no decimal number of bytes
 */
export function externalRange(tensor: TensorProto): ExternalRange | null {
  if (tensor.data_location !== EXTERNAL) return null;
  const entries = new Map(tensor.external_data.map(({ key, value }) => [key ?? "", value ?? ""]));
  const location = entries.get("location");
  if (location === undefined) return null;
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    return text === undefined ? undefined : byteCount(tensor, key, text);
  };
  return { location, offset: number("offset") ?? 0, length: number("length") };
}

function byteCount({ name = "" }: TensorProto, key: string, text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new SmxcError([
    error(
      "onnx/external-number",
      `the ${key} ${JSON.stringify(text.slice(0, 40))} of its external data is not a number`,
      {
        place: `tensor "${name}"`,
        hint: "save model and data again, together",
      },
    ),
  ]);
}
