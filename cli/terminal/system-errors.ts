/** What the operating system refuses, and what is a defect of smxc. */
import { type Diagnostic, error, SmxcError } from "../../src/base/diagnostics.js";

export function cannotWrite(file: string, cause: unknown): Diagnostic {
  const { code = "", message = String(cause) } = cause as NodeJS.ErrnoException;
  const [reason, hint] = WRITE_FAILURES.get(code) ?? [message, undefined];
  const known = WRITE_FAILURES.has(code) ? `${reason} (${code})` : reason;
  return error("io/cannot-write", `cannot write: ${known}`, { file, ...(hint === undefined ? {} : { hint }) });
}

const WRITE_FAILURES: ReadonlyMap<string, readonly [reason: string, hint: string]> = new Map([
  ["ENOSPC", ["no space is left on the device", "free some space, or write to another disk"]],
  ["EDQUOT", ["the disk quota is used up", "free some space, or write to another disk"]],
  ["EFBIG", ["the file grows beyond what the system allows", "raise the limit (ulimit -f), or write to another disk"]],
  ["EACCES", ["permission denied", "check the permissions of the file's folder"]],
  ["EPERM", ["the system does not permit it", "check the owner and attributes of the file and its folder"]],
  ["EROFS", ["the file system is read-only", "write to another place"]],
  ["EISDIR", ["it is a folder", "give the name of a file"]],
  ["ENOENT", ["the folder does not exist", "create it first; smxc creates only files"]],
  ["ENOTDIR", ["a part of the path is a file, not a folder", "check the path"]],
  [
    "ENAMETOOLONG",
    ["the name is too long", "shorten it; smxc also makes a temporary file beside it, with a longer name"],
  ],
  ["ELOOP", ["the path contains a loop of symbolic links", "check the path"]],
  ["EMFILE", ["too many files are open", "raise the limit (ulimit -n)"]],
  ["EPIPE", ["the program that reads the pipe has ended", "start it again, or write to a file"]],
  ["ENXIO", ["it is a socket, or a device that is not there", "write to a file"]],
  ["EBUSY", ["another program holds the file", "close the program and try again"]],
]);

/** An error of the operating system that no one on the way gave a better form. */
export function systemError({ code, path, message }: NodeJS.ErrnoException): SmxcError {
  return new SmxcError(
    [error("io/system", message, path === undefined ? {} : { file: path, hint: `the system says ${code}` })],
    "io",
  );
}

export function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && "syscall" in cause && "errno" in cause;
}

export function defect(cause: unknown): Diagnostic {
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return error("internal/defect", `a defect in smxc: ${message}`, {
    hint: "please report it, with the command line and the stack trace on standard error",
  });
}
