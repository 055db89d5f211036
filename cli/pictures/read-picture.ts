/** Pictures on the command line: files, pipes, and standard input. */
import { stat } from "node:fs/promises";
import { type Diagnostic, error, SmxcError } from "../../src/base/diagnostics.js";
import { decodeImage } from "../../src/pictures/decode-image-node.js";
import type { Image } from "../../src/pictures/image.js";
import { readPictureBytes } from "../../src/pictures/read-bytes-node.js";
import type { Output } from "../terminal/output.js";

/** `-`, and the system's own names, which cannot be opened where standard input is a socket. */
const STANDARD_INPUT: ReadonlySet<string> = new Set(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

/** What was read of pipes, for a command may look at a picture twice. */
const streams = new WeakMap<object, Map<string, Promise<Uint8Array>>>();

/** A picture's file, and what messages call it. */
export interface PictureBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @throws SmxcError as `readImage` does; `usage` where standard input is a terminal */
export async function readPicture(output: Pick<Output, "report">, file: string): Promise<Image> {
  const { name, bytes } = await pictureBytes(output, file);
  return decodeImage(bytes, name, output.report);
}

/**
 * @param command what one command's looks at pipes have in common
 * @throws SmxcError as `readPicture` does of what it does not decode
 */
export async function pictureBytes(command: object, file: string): Promise<PictureBytes> {
  const fromInput = STANDARD_INPUT.has(file);
  if (!fromInput && !(await isStream(file))) return { name: file, bytes: await readPictureBytes(file) };
  const known = streams.get(command) ?? new Map<string, Promise<Uint8Array>>();
  streams.set(command, known);
  const name = fromInput ? "standard input" : file;
  const bytes = known.get(name) ?? (fromInput ? readInput(name) : readPictureBytes(file));
  known.set(name, bytes);
  return { name, bytes: await bytes };
}

export function isStandardInput(file: string): boolean {
  return STANDARD_INPUT.has(file);
}

async function isStream(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

async function readInput(name: string): Promise<Uint8Array> {
  if (process.stdin.isTTY) throw new SmxcError([inputIsTerminal(name)], "usage");
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

const inputIsTerminal = (name: string): Diagnostic =>
  error("usage/input-is-terminal", "- means standard input, but that is a terminal", {
    file: name,
    hint: "pipe a picture into it: convert photo.heic png:- | smxc run model.json - -o larger.png",
  });
