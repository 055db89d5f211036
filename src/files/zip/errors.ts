import { type Diagnostic, error } from "../../base/diagnostics.js";

const DAMAGED = "save or download the file again; it is damaged, or another program changed it";
const REPACKED = "save it with torch.save again; smxc does not read archives that other programs packed";

const show = (name: string): string => JSON.stringify(name.length <= 80 ? name : `${name.slice(0, 79)}…`);

export const noDirectory = (file: string): Diagnostic =>
  error("zip/no-directory", "the zip archive has no end-of-directory record at its end", {
    file,
    hint: "download or copy the file again; it was cut off, or something was appended to it",
  });

export const badDirectory = (file: string, byte: number, what: string): Diagnostic =>
  error("zip/bad-directory", `the directory of the zip archive is invalid: ${what}`, {
    file,
    place: `byte ${byte}`,
    hint: DAMAGED,
  });

export const directoryTooLarge = (file: string, byte: number, size: number, limit: number): Diagnostic =>
  error("zip/directory-too-large", `the directory of the zip archive takes ${size} bytes; at most ${limit} are read`, {
    file,
    place: `byte ${byte}`,
    hint: REPACKED,
  });

export const unsafeName = (file: string, byte: number, name: string): Diagnostic =>
  error("zip/unsafe-name", `the zip archive holds an entry named ${show(name)}, whose path leads out of the archive`, {
    file,
    place: `byte ${byte}`,
    hint: "treat the file as hostile: PyTorch never writes such a name",
  });

export const duplicateEntry = (file: string, byte: number, name: string): Diagnostic =>
  error("zip/duplicate-entry", `the zip archive holds two entries named ${show(name)}`, {
    file,
    place: `byte ${byte}`,
    hint: "treat the file as hostile: programs disagree on which of the two counts",
  });

export const encrypted = (file: string, byte: number, name: string): Diagnostic =>
  error("zip/encrypted", `the entry ${show(name)} of the zip archive is encrypted`, {
    file,
    place: `byte ${byte}`,
    hint: REPACKED,
  });

export const compressed = (file: string, byte: number, name: string, method: number): Diagnostic =>
  error("zip/compressed", `the entry ${show(name)} of the zip archive is compressed (method ${method}), not stored`, {
    file,
    place: `byte ${byte}`,
    hint: REPACKED,
  });

export const storedSize = (file: string, byte: number, name: string, stored: number, size: number): Diagnostic =>
  error(
    "zip/stored-size",
    `the entry ${show(name)} is stored without compression, but its two sizes differ: ${stored} and ${size} bytes`,
    {
      file,
      place: `byte ${byte}`,
      hint: DAMAGED,
    },
  );

export const overlap = (file: string, byte: number, name: string, other: string): Diagnostic =>
  error("zip/overlap", `the entry ${show(name)} of the zip archive overlaps ${show(other)}`, {
    file,
    place: `byte ${byte}`,
    hint: "treat the file as hostile: PyTorch writes entries one after the other",
  });

export const headerMismatch = (file: string, byte: number, name: string, field: string): Diagnostic =>
  error("zip/header-mismatch", `the header of the entry ${show(name)} contradicts the directory in its ${field}`, {
    file,
    place: `byte ${byte}`,
    hint: "treat the file as hostile or damaged: programs disagree on which of the two counts",
  });

export const badCrc = (file: string, byte: number, name: string): Diagnostic =>
  error("zip/bad-crc", `the content of the entry ${show(name)} does not match its checksum`, {
    file,
    place: `byte ${byte}`,
    hint: DAMAGED,
  });
