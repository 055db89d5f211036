import { SmxcError } from "../diagnostics.js";
import type { ByteSource } from "./byte-source.js";
import * as errors from "./detect-errors.js";

export type WeightsFormat = "safetensors" | "torch zip" | "torch legacy";

/** What is needed to tell every format: a tar archive says so at byte 257. */
const START_BYTES = 512;

const bytes = (...values: readonly (number | string)[]): readonly number[] =>
  values.flatMap((value) =>
    typeof value === "number" ? [value] : Array.from(value, (letter) => letter.charCodeAt(0)),
  );

const SIGNATURES: readonly (readonly [format: WeightsFormat, signature: readonly number[]])[] = [
  ["torch zip", bytes("PK", 3, 4)],
  ["torch zip", bytes("PK", 5, 6)],
  // PROTO 2, then LONG1 of the magic number 0x1950a86a20f9469cfc6c
  ["torch legacy", bytes(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)],
];

interface Stranger {
  readonly what: string;
  readonly hint: string;
  readonly test: (start: Uint8Array) => boolean;
}

const startsWith = (...values: readonly (number | string)[]) => {
  const signature = bytes(...values);
  return (start: Uint8Array): boolean => signature.every((byte, i) => start[i] === byte);
};

const looksLike = (pattern: RegExp) => (start: Uint8Array) => pattern.test(new TextDecoder("latin1").decode(start));

const UNPACK = "Unpack it and name the checkpoint inside.";
const SAVE_AS = "Save the network's tensors as .safetensors, or with torch.save(model.state_dict(), path).";

/** Files that people take for weights, told by their content. */
const STRANGERS: readonly Stranger[] = [
  {
    what: "a Git LFS pointer, not the file itself",
    hint: "Fetch the file: git lfs pull.",
    test: startsWith("version https://git-lfs"),
  },
  {
    what: "an HTML page",
    hint: "The download gave a web page, perhaps an error or a login; open the address in a browser and save the file itself.",
    test: looksLike(/^(\u00ef\u00bb\u00bf)?\s*<(!doctype|html|head|body)\b/i),
  },
  { what: "an XML document", hint: SAVE_AS, test: looksLike(/^(\u00ef\u00bb\u00bf)?\s*<\?xml/i) },
  {
    what: "a JSON document",
    hint: "Name the checkpoint, not a document about it.",
    test: looksLike(/^(\u00ef\u00bb\u00bf)?\s*[[{]\s*["\]}{[]/),
  },
  {
    what: "a tar archive",
    hint: "If torch.save wrote it (before PyTorch 0.2), load and save it again with a newer PyTorch; otherwise unpack it.",
    test: (start) => startsWith("ustar")(start.subarray(257)),
  },
  { what: "a gzip archive", hint: UNPACK, test: startsWith(0x1f, 0x8b) },
  { what: "an xz archive", hint: UNPACK, test: startsWith(0xfd, "7zXZ", 0) },
  { what: "a Zstandard archive", hint: UNPACK, test: startsWith(0x28, 0xb5, 0x2f, 0xfd) },
  { what: "a bzip2 archive", hint: UNPACK, test: startsWith("BZh") },
  { what: "a 7-Zip archive", hint: UNPACK, test: startsWith("7z", 0xbc, 0xaf) },
  { what: "a RAR archive", hint: UNPACK, test: startsWith("Rar!") },
  { what: "an HDF5 file (Keras)", hint: SAVE_AS, test: startsWith(0x89, "HDF") },
  { what: "a GGUF file", hint: SAVE_AS, test: startsWith("GGUF") },
  { what: "a NumPy array", hint: SAVE_AS, test: startsWith(0x93, "NUMPY") },
  {
    what: "a pickle that torch.save did not write with its default protocol",
    hint: "Save it in Python with torch.save and no pickle_protocol.",
    test: (start) => start[0] === 0x80 && start[1]! <= 5,
  },
  {
    // ModelProto: ir_version (field 1) up to 127, then producer_name (2), graph (7), opset_import (8) or metadata (14)
    what: "an ONNX model",
    hint: "smxc writes ONNX and reads the network's weights from the checkpoint it was exported from.",
    test: (start) =>
      start[0] === 0x08 && start[1]! > 0 && start[1]! < 0x80 && [0x12, 0x3a, 0x42, 0x72].includes(start[2]!),
  },
];

/**
 * Tells a weights file by its content. What has a length below 2^32 where safetensors has that of its header is taken
 * for safetensors, so that its reader can say what is wrong.
 *
 * @throws SmxcError that says what the file is instead, where that is known, and lists the formats.
 */
export async function detectFormat(source: ByteSource): Promise<WeightsFormat> {
  const { name, size } = source;
  if (size === 0) throw new SmxcError([errors.emptyFile(name)]);
  const start = await source.read(0, Math.min(START_BYTES, size));
  const known = SIGNATURES.find(([, signature]) => signature.every((byte, i) => start[i] === byte));
  if (known !== undefined) return known[0];
  const stranger = STRANGERS.find(({ test }) => test(start));
  if (stranger !== undefined && start[8] !== 0x7b)
    throw new SmxcError([errors.stranger(name, stranger.what, stranger.hint)]);
  if (start[8] === 0x7b || (size >= 8 && start.subarray(4, 8).every((byte) => byte === 0))) return "safetensors";
  throw new SmxcError([errors.unknownFormat(name)]);
}
