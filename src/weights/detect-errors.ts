import { type Diagnostic, error } from "../diagnostics.js";

const FORMATS = "safetensors, and PyTorch checkpoints (.pt, .pth) in the zip format and the one before it";

export const emptyFile = (file: string): Diagnostic =>
  error("weights/empty-file", "The file is empty.", { file, hint: "Download or save it again." });

export const stranger = (file: string, what: string, hint: string): Diagnostic =>
  error("weights/unknown-format", `The file is ${what}. smxc reads ${FORMATS}.`, { file, place: "byte 0", hint });

export const unknownFormat = (file: string): Diagnostic =>
  error("weights/unknown-format", `The file is of no format that smxc reads: ${FORMATS}.`, {
    file,
    place: "byte 0",
    hint: "If it should be one of these, it is damaged; download or save it again.",
  });
