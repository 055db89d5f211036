/** Pictures on the command line: one file, or all of a folder. */
import { mkdir, readdir, stat } from "node:fs/promises";
import { join, parse } from "node:path";
import { error, SmxcError } from "../src/diagnostics.js";
import { formatOfName } from "../src/runtime/image-format.js";

export interface PicturePair {
  readonly input: string;
  readonly output: string;
}

/**
 * What is to be written from what. The pictures of a folder become PNG files of the same names in another, which is made
 * when it is not there.
 */
export async function picturePairs(input: string, output: string): Promise<readonly PicturePair[]> {
  if (!(await isFolder(input))) return [{ input, output }];
  const names = await picturesIn(input);
  await mkdir(output, { recursive: true });
  return names.map((name) => ({ input: join(input, name), output: join(output, `${parse(name).name}.png`) }));
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** The files of a folder's pictures, in the order of their names. */
export async function pictureFiles(folder: string): Promise<readonly string[]> {
  return (await picturesIn(folder)).map((name) => join(folder, name));
}

/** Names of a folder's pictures, in their order. */
export async function picturesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new SmxcError(
      [
        error("io/cannot-read", `the folder cannot be read: ${cause.message.replace(/, \w+( '.*')?$/, "")}`, {
          file: folder,
          hint: "check its name and permissions",
        }),
      ],
      "io",
    );
  });
  const pictures = names.filter((name) => formatOfName(name) !== undefined).sort();
  if (pictures.length > 0) return pictures;
  throw new SmxcError(
    [
      error("io/no-pictures", "the folder holds no pictures", {
        file: folder,
        hint: "PNG, JPEG, WebP and TIFF files are taken",
      }),
    ],
    "usage",
  );
}
