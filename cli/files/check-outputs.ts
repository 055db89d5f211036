/** Whether outputs can be written, asked before the work is done and again before they are written. */
import { constants, fstatSync } from "node:fs";
import { access, lstat, readdir, readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isatty } from "node:tty";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import { cannotWrite } from "../terminal/system-errors.js";
import { outputIsDash, outputIsInput, outputIsStream, outputNotAlone, outputTwice } from "./errors.js";
import { spelling } from "./spelling.js";

/** Where an output goes. */
export interface Target {
  /** As the user wrote it. */
  readonly path: string;
  /** The path after all symbolic links, so that the file behind a link is replaced and not the link. */
  readonly real: string;
  /** Permission bits of the file that is replaced. */
  readonly mode?: number;
  /** Whether it is a device or a pipe, which is written to directly, because it cannot be replaced. */
  readonly special: boolean;
}

/**
 * @param inputs files that the command reads; those that do not exist are left for their reader to complain about
 * @throws SmxcError `usage` when an output is an input (by whatever name or link), another output, or standard output or
 *   error; `io` when one cannot be written. All outputs are judged.
 */
export async function checkOutputs(paths: readonly string[], inputs: readonly string[]): Promise<readonly Target[]> {
  const inputOf = new Map<string, string>();
  for (const input of inputs) inputOf.set(await identity(input), input);
  const seen = new Set<string>();
  const conflicts: Diagnostic[] = [];
  const failures: Diagnostic[] = [];
  const targets: Target[] = [];
  for (const path of paths) {
    if (path === "-") {
      conflicts.push(outputIsDash());
      continue;
    }
    try {
      const target = await resolveTarget(path);
      const id = target.special ? path : await identity(target.real);
      const input = inputOf.get(id);
      const stream = await standardStream(path);
      if (stream !== undefined) conflicts.push(outputIsStream(path, stream));
      else if (target.special && paths.length > 1) conflicts.push(outputNotAlone(path));
      else if (input !== undefined) conflicts.push(outputIsInput(path, input));
      else if (seen.has(id)) conflicts.push(outputTwice(path));
      seen.add(id);
      targets.push(target);
    } catch (cause) {
      failures.push(cannotWrite(path, cause));
    }
  }
  if (conflicts.length > 0) throw new SmxcError(conflicts, "usage");
  if (failures.length > 0) throw new SmxcError(failures, "io");
  return targets;
}

/**
 * The same of many outputs in one folder. One that is not there yet is no input, whatever the name, and asks of the folder
 * only that files can be made in it.
 */
export async function checkOutputsIn(
  folder: string,
  paths: readonly string[],
  inputs: readonly string[],
): Promise<void> {
  // Disks of other systems may be there on any: a name counts as there in every spelling.
  const anySpelling = (name: string): string => spelling(name, "win32");
  const there = new Set((await readdir(folder)).map(anySpelling));
  const isThere = (path: string): boolean => there.has(anySpelling(basename(path)));
  const existing = paths.filter(isThere);
  const made = paths.find((path) => !isThere(path));
  await checkOutputs([...existing, ...(made === undefined ? [] : [made])], existing.length === 0 ? [] : inputs);
}

/**
 * The name of the stream if the path leads to standard output or standard error. A terminal and /dev/null do not
 * count.
 */
async function standardStream(path: string): Promise<string | undefined> {
  const found = await unlessMissing(stat(path, { bigint: true }));
  return found === undefined ? undefined : STREAMS.find(([fd]) => isStream(fd, found))?.[1];
}

const STREAMS = [
  [1, "standard output"],
  [2, "standard error"],
] as const;

function isStream(fd: number, { dev, ino }: { readonly dev: bigint; readonly ino: bigint }): boolean {
  try {
    const stream = fstatSync(fd, { bigint: true });
    return stream.dev === dev && stream.ino === ino && (!stream.isCharacterDevice() || isatty(fd));
  } catch {
    // The stream is closed.
    return false;
  }
}

/** The end of a chain of links that leads to no file yet: the file is made there, and the link stays. */
async function endOfLinks(path: string, most = 40): Promise<string> {
  const link = await unlessMissing(lstat(path));
  if (!link?.isSymbolicLink() || most === 0) return path;
  return endOfLinks(resolve(await realpath(dirname(path)), await readlink(path)), most - 1);
}

async function resolveTarget(path: string): Promise<Target> {
  const existing = await unlessMissing(stat(path));
  if (existing?.isDirectory() || /[/\\]$/.test(path)) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
  if (existing !== undefined && !existing.isFile()) return { path, real: path, special: true };
  const end = existing === undefined ? await endOfLinks(path) : path;
  const real = existing === undefined ? join(await realpath(dirname(end)), basename(end)) : await realpath(path);
  await access(dirname(real), constants.W_OK);
  if (existing === undefined) return { path, real, special: false };
  await access(real, constants.W_OK);
  return { path, real, special: false, mode: existing.mode & 0o7777 };
}

/** Equal for two names of one file: device and inode, or the path of a file that is not there yet. */
async function identity(path: string): Promise<string> {
  const found = await unlessMissing(stat(path, { bigint: true }));
  return found === undefined ? spelling(path) : `${found.dev}:${found.ino}`;
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}
