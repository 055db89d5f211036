/** Remedies that name options: what is a flag to users of the command line is an option to those of the library. */
import type { ByteStream } from "./bytes/byte-source.js";
import { type Diagnostic, type Reporter, SmxcError } from "./diagnostics.js";

/** An option in the words of each. */
export interface NamedOption {
  readonly flag: string;
  readonly library: string;
}

/** Both forms of a remedy, as fields of a diagnostic. */
export type Remedy = Required<Pick<Diagnostic, "hint" | "libraryHint">>;

/**
 * An option, such as `--expose-beta` and `exposeBeta`, with a value `--dtype float32` and `dtype: "float32"`.
 *
 * @param flag where the command line calls it otherwise
 */
export function option(name: string, value?: string | number, flag = flagOf(name)): NamedOption {
  return value === undefined
    ? { flag, library: name }
    : { flag: `${flag} ${value}`, library: `${name}: ${JSON.stringify(value)}` };
}

/** A template whose options are put in the words of each kind of user. */
export function remedy(texts: TemplateStringsArray, ...values: readonly (NamedOption | string | number)[]): Remedy {
  const written = (form: keyof NamedOption): string =>
    String.raw({ raw: texts }, ...values.map((value) => (typeof value === "object" ? value[form] : value)));
  return { hint: written("flag"), libraryHint: written("library") };
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A diagnostic as the library gives it. */
export function inLibraryWords({ libraryHint, ...diagnostic }: Diagnostic): Diagnostic {
  return libraryHint === undefined ? diagnostic : { ...diagnostic, hint: libraryHint };
}

/** Work of the library's front, whose errors name options as the library calls them. */
export async function asLibrary<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw libraryError(cause);
  }
}

/** Likewise of work that waits for nothing. */
export function nowAsLibrary<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw libraryError(cause);
  }
}

/** Likewise of work that is done while a stream is read. */
export function inLibraryStream(stream: ByteStream): ByteStream {
  return {
    length: stream.length,
    async *chunks() {
      try {
        yield* stream.chunks();
      } catch (cause) {
        throw libraryError(cause);
      }
    },
  };
}

function libraryError(cause: unknown): unknown {
  return cause instanceof SmxcError ? new SmxcError(cause.diagnostics.map(inLibraryWords), cause.kind) : cause;
}

/** A receiver of warnings, in the library's words. */
export function libraryReporter(report: Reporter | undefined): { readonly report?: Reporter } {
  return report ? { report: (diagnostic) => report(inLibraryWords(diagnostic)) } : {};
}

/** A value that no checkpoint shows, as `import` takes it. */
export function configValue(key: string, value: string | number): NamedOption {
  return { flag: `--set ${key}=${value}`, library: `config: new Map([["${key}", ${JSON.stringify(value)}]])` };
}

/** Several remedies in one. */
export function listed(remedies: readonly Remedy[], separator: string): NamedOption {
  const joined = (form: keyof Remedy): string => remedies.map((each) => each[form]).join(separator);
  return { flag: joined("hint"), library: joined("libraryHint") };
}
