import { expect } from "vitest";
import { type ByteSource, bytesSource } from "../../src/base/bytes/byte-source.js";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A source that fails the test where a reader asks for bytes that are not there; it records what was read. */
export function guardedSource(bytes: Uint8Array, name = "file"): ByteSource & { readonly reads: [number, number][] } {
  const inner = bytesSource(name, Uint8Array.from(bytes));
  const reads: [number, number][] = [];
  return {
    ...inner,
    reads,
    read: async (offset, length) => {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
        throw new Error(`read(${offset}, ${length})`);
      }
      if (offset + length > inner.size) throw new Error(`read(${offset}, ${length}) of ${inner.size} bytes`);
      reads.push([offset, length]);
      return inner.read(offset, length);
    },
  };
}

/** The diagnostics with which `action` is refused; anything but an SmxcError fails. */
export async function refusal(action: () => Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await action();
  } catch (caught) {
    if (caught instanceof SmxcError) {
      expect(caught.kind).toBe("invalid");
      return caught.diagnostics;
    }
    throw caught;
  }
  throw new Error("not refused");
}
