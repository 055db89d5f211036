/** Pictures are read whole, from pipes and devices as well as from files. */
import { type FileHandle, open } from "node:fs/promises";
import { SmxcError } from "../base/diagnostics.js";
import { SAMPLE_BYTES } from "../files/sample.js";
import * as errors from "./errors.js";
import { checkIsPicture } from "./is-picture.js";

/**
 * The bytes of a picture. Looks at the first ones before it reads the rest.
 *
 * @throws SmxcError `io` when the file cannot be read; `image/unknown-format`
 */
export async function readPictureBytes(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file, "r");
    try {
      return (await handle.stat()).isFile() ? await readFile(handle, file) : await readStream(handle, file);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof SmxcError ? cause : new SmxcError([errors.cannotReadImage(file, cause)], "io");
  }
}

async function readFile(handle: FileHandle, file: string): Promise<Uint8Array> {
  const head = new Uint8Array(SAMPLE_BYTES);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  const { size } = await handle.stat();
  checkIsPicture({ start: head.subarray(0, bytesRead), size, name: file });
  return handle.readFile();
}

/** What was read of a pipe is gone from it, and it may give less than was asked for. */
async function readStream(handle: FileHandle, file: string): Promise<Uint8Array> {
  const head = new Uint8Array(SAMPLE_BYTES);
  let filled = 0;
  for (let got = -1; got !== 0 && filled < head.length; filled += got) {
    got = (await handle.read(head, filled, head.length - filled, null)).bytesRead;
  }
  checkIsPicture({ start: head.subarray(0, filled), size: filled, name: file });
  return Buffer.concat([head.subarray(0, filled), await handle.readFile()]);
}
