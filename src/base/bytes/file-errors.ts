import { type Diagnostic, error } from "../diagnostics.js";

/** What the operating system's error codes mean to a person, and what to do. */
const CAUSES: ReadonlyMap<string, readonly [meaning: string, hint: string]> = new Map([
  ["ENOENT", ["there is no such file", "check the path"]],
  ["ENOTDIR", ["a part of its path is not a directory", "check the path"]],
  ["EACCES", ["access is not permitted", "check the permissions of the file and its directories"]],
  ["EPERM", ["access is not permitted", "check the permissions of the file and its directories"]],
  ["EMFILE", ["too many files are open", "close other programs or raise the limit"]],
  ["ENAMETOOLONG", ["its name is too long", "check the path"]],
  ["ELOOP", ["its symbolic links form a circle", "check the path"]],
  ["EISDIR", ["it is a directory, not a file", "name a file"]],
  ["ENXIO", ["it is a socket, or a device that gives no data", "save the content to a file"]],
]);

export const cannotOpen = (file: string, cause: Error): Diagnostic => {
  const { meaning, hint } = explain(cause);
  const code = codeOf(cause) === "ENOENT" ? "io/not-found" : "io/cannot-open";
  return error(code, `${file} cannot be opened: ${meaning}`, { file, hint });
};

export const isDirectory = (file: string): Diagnostic =>
  error("io/is-directory", `${file} is a directory, not a file`, { file, hint: "name a file" });

export const notAFile = (file: string): Diagnostic =>
  error("io/not-a-file", `${file} is not a regular file`, {
    file,
    hint: "save the content to a file; smxc must read it in any order, which pipes and devices do not allow",
  });

export const cannotRead = (file: string, byte: number, cause: Error): Diagnostic => {
  const { meaning, hint } = explain(cause);
  return error("io/cannot-read", `${file} cannot be read at byte ${byte}: ${meaning}`, {
    file,
    place: `byte ${byte}`,
    hint,
  });
};

export const shrunk = (file: string, byte: number, size: number): Diagnostic =>
  error("io/shrunk", `${file} had ${size} bytes when it was opened and now ends at byte ${byte}`, {
    file,
    place: `byte ${byte}`,
    hint: "try again when no other program writes to the file",
  });

function codeOf(cause: Error): string | undefined {
  return "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}

export function explain(cause: Error): { readonly meaning: string; readonly hint: string } {
  const [meaning, hint] = CAUSES.get(codeOf(cause) ?? "") ?? [cause.message, "check the file and the disk it is on"];
  return { meaning, hint };
}
