/** Which picture is written from which: one file from one, or a folder from many. */
import { mkdir, rmdir } from "node:fs/promises";
import { basename, dirname, join, parse, resolve } from "node:path";
import { type Diagnostic, error, SmxcError } from "../../src/base/diagnostics.js";
import { formatOfName, type ImageFormat } from "../../src/files/image-format.js";
import { imageFormat } from "../../src/pictures/image-node.js";
import { spelling } from "../files/spelling.js";
import type { Output } from "../terminal/output.js";
import { cannotWrite } from "../terminal/system-errors.js";
import type { PictureEnding } from "./endings.js";
import { isFolder, pictureFiles } from "./folder.js";
import { isStandardInput } from "./read-picture.js";
import { isOfShard, type Shard } from "./shard.js";

export interface PicturePair {
  readonly input: string;
  readonly output: string;
}

export interface PicturePlan {
  readonly pairs: readonly PicturePair[];
  /** All pictures that were named, those of other shards included: none of them may be an output. */
  readonly inputs: readonly string[];
  /** Where the results are. */
  readonly folder: string;
  /** Of all results that have the same ending. */
  readonly format: ImageFormat;
  /** Whether one file is written from one that was named. */
  readonly single: boolean;
  /** Removes folders that were made for the results, where none was written. */
  discard(): Promise<void>;
}

export interface PlanOptions {
  readonly output: string;
  readonly format: PictureEnding | undefined;
  /** Only those pictures are taken whose results' names fall to this part. */
  readonly shard?: Shard | undefined;
}

/**
 * `output` names a file where one picture is given, unless it is a folder or ends as one; else a folder, which is made
 * when it is not there, of `<stem>.png` or the ending of `--format`.
 *
 * @throws SmxcError `usage` for outputs that cannot be meant; `io` when a folder cannot be read or made
 */
export async function planPictures(
  inputs: readonly string[],
  { output, format: ending, shard }: PlanOptions,
  terminal: Pick<Output, "note">,
): Promise<PicturePlan> {
  if (output === "-") throw outputIsStream();
  const planned = (pairs: readonly PicturePair[]) => ({
    pairs: pairs.filter((pair) => shard === undefined || isOfShard(basename(pair.output), shard)),
    inputs: pairs.map(({ input }) => input),
  });
  const folders = await Promise.all(inputs.map(isFolder));
  const existing = await isFolder(output);
  const single = inputs.length === 1 && !folders[0] && !existing && !/[/\\]$/.test(output);
  if (single) {
    const format = ending === undefined ? imageFormat(output) : imageFormat(`.${ending}`);
    const own = formatOfName(output);
    if (own !== undefined && own !== format) throw twoFormats(output, ending!);
    return {
      ...planned([{ input: inputs[0]!, output }]),
      folder: dirname(output),
      format,
      single: shard === undefined,
      discard: async () => {},
    };
  }
  if (!existing && formatOfName(output) !== undefined) throw needsFolder(output);
  const found: (readonly string[])[] = [];
  for (const [index, input] of inputs.entries()) {
    found.push(folders[index] ? await pictureFiles(input, terminal) : [input]);
  }
  const files = found.flat();
  const name = `.${ending ?? "png"}`;
  const pairs = files.map((input) => ({ input, output: join(output, `${stemOf(input)}${name}`) }));
  checkNames(pairs);
  const made = await mkdir(output, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new SmxcError([cannotWrite(output, cause.code === "EEXIST" ? { ...cause, code: "ENOTDIR" } : cause)], "io");
  });
  return {
    ...planned(pairs),
    folder: output,
    format: imageFormat(name),
    single,
    discard: async () => {
      // Another shard may have found the folder there, and be about to write into it.
      if (made !== undefined && shard === undefined) await removeEmpty(resolve(output), resolve(made));
    },
  };
}

function checkNames(pairs: readonly PicturePair[]): void {
  const inputOf = new Map<string, string>();
  const twice: Diagnostic[] = [];
  for (const { input, output } of pairs) {
    const other = inputOf.get(spelling(output));
    if (other !== undefined) twice.push(writtenTwice(output, other, input));
    else inputOf.set(spelling(output), input);
  }
  if (twice.length > 0) throw new SmxcError(twice, "usage");
}

function stemOf(input: string): string {
  return isStandardInput(input) ? "stdin" : parse(basename(input)).name;
}

/** From a folder up to the first that was made. */
async function removeEmpty(folder: string, made: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch {
    return;
  }
  if (folder !== made) await removeEmpty(dirname(folder), made);
}

const writtenTwice = (output: string, first: string, second: string): Diagnostic =>
  error("usage/output-twice", `${first} and ${second} would be written to the same file`, {
    file: output,
    hint: "rename one of them, or give each a call of its own",
  });

const outputIsStream = (): SmxcError =>
  new SmxcError(
    [
      error("usage/output-is-stream", "pictures are written to files; standard output carries the answer", {
        hint: "name a file: -o larger.png",
      }),
    ],
    "usage",
  );

const needsFolder = (output: string): SmxcError =>
  new SmxcError(
    [
      error("usage/needs-folder", "several pictures, or those of a folder, are written to a folder", {
        file: output,
        hint: `name a folder; --format ${parse(output).ext.slice(1).toLowerCase()} gives the pictures that ending`,
      }),
    ],
    "usage",
  );

const twoFormats = (output: string, ending: string): SmxcError =>
  new SmxcError(
    [
      error("usage/two-formats", `the output's ending and --format ${ending} name two formats`, {
        file: output,
        hint: "leave out --format: the ending says the format",
      }),
    ],
    "usage",
  );
