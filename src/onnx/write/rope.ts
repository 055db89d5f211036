/**
 * Protobuf messages as ropes: small parts are bytes, large ones only a length and a way to produce them, so that a
 * model's size is known, and its bytes written, without any weight being copied through an encoder.
 *
 * Partial encodings of one message may be concatenated: protobuf defines that as their merge.
 */
import type { ByteStream } from "../../base/bytes/byte-source.js";

/** Bytes to be produced while the file is written. */
export interface Deferred {
  readonly length: number;
  produce(): AsyncIterable<Uint8Array>;
}

export type Piece = Uint8Array | Deferred;
export type Rope = readonly Piece[];

export function ropeLength(rope: Rope): number {
  return rope.reduce((sum, piece) => sum + piece.length, 0);
}

/** A length-delimited field (wire type 2) that holds `content`. */
export function delimitedField(field: number, content: Rope): Piece[] {
  return [Uint8Array.of(...varint(field * 8 + 2), ...varint(ropeLength(content))), ...content];
}

/** The rope's bytes in order; runs of small pieces come as one chunk. */
export function ropeStream(rope: Rope): ByteStream {
  const joined = joinSmall(rope);
  return {
    length: ropeLength(joined),
    async *chunks() {
      for (const piece of joined) {
        if (piece instanceof Uint8Array) yield piece;
        else yield* piece.produce();
      }
    },
  };
}

function joinSmall(rope: Rope): Piece[] {
  const joined: Piece[] = [];
  let run: Uint8Array[] = [];
  const flush = (): void => {
    if (run.length > 0) joined.push(concatenate(run));
    run = [];
  };
  for (const piece of rope) {
    if (piece instanceof Uint8Array) {
      run.push(piece);
    } else {
      flush();
      joined.push(piece);
    }
  }
  flush();
  return joined;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(ropeLength(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Base-128 of a non-negative safe integer; arithmetic, not shifts, because lengths pass 2^32. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
