/**
 * Protobuf messages as ropes: small parts are bytes, large ones only a length and a way to produce them, so that a
 * model's size is known, and its bytes written, without any weight being copied through an encoder.
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

/** Larger pieces are passed on as they are. */
const SMALL = 2 ** 16;

function joinSmall(rope: Rope): Piece[] {
  const joined: Piece[] = [];
  let run: Uint8Array[] = [];
  const flush = (): void => {
    if (run.length > 0) joined.push(concatenate(run));
    run = [];
  };
  for (const piece of rope) {
    if (piece instanceof Uint8Array && piece.length <= SMALL) {
      run.push(piece);
    } else {
      flush();
      joined.push(piece);
    }
  }
  flush();
  return joined;
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(ropeLength(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
