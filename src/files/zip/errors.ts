import { type Diagnostic, error } from "../../base/diagnostics.js";

const DAMAGED = "The file is damaged or was changed by another program; save or download it again.";
const REPACKED = "Save it with torch.save again; archives packed by other programs are not read.";

const show = (name: string): string => JSON.stringify(name.length <= 80 ? name : `${name.slice(0, 79)}…`);

export const noDirectory = (file: string): Diagnostic =>
  error("zip/no-directory", "The zip archive has no end-of-directory record at its end.", {
    file,
    hint: "The file was cut off, or something was appended to it; download or copy it again.",
  });

export const badDirectory = (file: string, byte: number, what: string): Diagnostic =>
  error("zip/bad-directory", `The directory of the zip archive is invalid: ${what}.`, {
    file,
    place: `byte ${byte}`,
    hint: DAMAGED,
  });

export const directoryTooLarge = (file: string, byte: number, size: number, limit: number): Diagnostic =>
  error("zip/directory-too-large", `The directory of the zip archive takes ${size} bytes; at most ${limit} are read.`, {
    file,
    place: `byte ${byte}`,
    hint: REPACKED,
  });

export const unsafeName = (file: string, byte: number, name: string): Diagnostic =>
  error("zip/unsafe-name", `The zip archive holds an entry named ${show(name)}, which leads out of the archive.`, {
    file,
    place: `byte ${byte}`,
    hint: "Treat the file as hostile: PyTorch never writes such a name.",
  });

export const duplicateEntry = (file: string, byte: number, name: string): Diagnostic =>
  error("zip/duplicate-entry", `The zip archive holds two entries named ${show(name)}.`, {
    file,
    place: `byte ${byte}`,
    hint: "Treat the file as hostile: readers disagree on which of the two counts.",
  });

export const encrypted = (file: string, byte: number, name: string): Diagnostic =>
  error("zip/encrypted", `The entry ${show(name)} of the zip archive is encrypted.`, {
    file,
    place: `byte ${byte}`,
    hint: REPACKED,
  });

export const compressed = (file: string, byte: number, name: string, method: number): Diagnostic =>
  error("zip/compressed", `The entry ${show(name)} of the zip archive is compressed (method ${method}), not stored.`, {
    file,
    place: `byte ${byte}`,
    hint: REPACKED,
  });

export const storedSize = (file: string, byte: number, name: string, stored: number, size: number): Diagnostic =>
  error("zip/stored-size", `The entry ${show(name)} is stored, yet its sizes differ: ${stored} and ${size} bytes.`, {
    file,
    place: `byte ${byte}`,
    hint: DAMAGED,
  });

export const overlap = (file: string, byte: number, name: string, other: string): Diagnostic =>
  error("zip/overlap", `The entry ${show(name)} of the zip archive overlaps ${show(other)}.`, {
    file,
    place: `byte ${byte}`,
    hint: "Treat the file as hostile: PyTorch writes entries one after the other.",
  });

export const headerMismatch = (file: string, byte: number, name: string, field: string): Diagnostic =>
  error("zip/header-mismatch", `The header of the entry ${show(name)} contradicts the directory in its ${field}.`, {
    file,
    place: `byte ${byte}`,
    hint: "Treat the file as hostile or damaged: readers disagree on which of the two counts.",
  });

export const badCrc = (file: string, byte: number, name: string): Diagnostic =>
  error("zip/bad-crc", `The content of the entry ${show(name)} does not match its checksum.`, {
    file,
    place: `byte ${byte}`,
    hint: DAMAGED,
  });
