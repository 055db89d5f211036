/** Where bytes go. */
export interface Sink {
  /** Called with one piece at a time, in their order. */
  write(piece: Uint8Array): Promise<unknown>;
  /** Puts on the disk what was written, while more may be; absent where nothing can be flushed. */
  readonly flush?: () => Promise<unknown>;
}

/** Smaller pieces are gathered before they are handed to the system. */
const WRITE_BYTES = 2 ** 20;
/** So much is written before a flush is begun, so that the disk is busy while the rest is still being made. */
const FLUSH_BYTES = 2 ** 26;

/**
 * Writes pieces in their order. While the sink takes one, the next is being made, so that making and writing go on side
 * by side; no piece may change after it was given.
 *
 * @param see called with all bytes, before they are written
 */
export async function writeBehind(
  sink: Sink,
  pieces: AsyncIterable<Uint8Array>,
  see: (bytes: Uint8Array) => void,
): Promise<void> {
  let writing: Promise<unknown> = Promise.resolve();
  let flushing: Promise<unknown> = Promise.resolve();
  let unflushed = 0;
  try {
    for await (const piece of gather(pieces, WRITE_BYTES)) {
      see(piece);
      await writing;
      writing = failingLater(sink.write(piece));
      unflushed += piece.length;
      if (sink.flush === undefined || unflushed < FLUSH_BYTES) continue;
      unflushed = 0;
      await flushing;
      flushing = failingLater(sink.flush());
    }
  } finally {
    // Also after a failure: the file is closed next, and must not be while it is written.
    await Promise.allSettled([writing, flushing]);
  }
  await writing;
  await flushing;
}

/** The same promise, whose failure is met when it is waited for. */
function failingLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}

/** Joins pieces until they make up `size` bytes. A joined piece is overwritten when the one after the next is asked for. */
async function* gather(pieces: AsyncIterable<Uint8Array>, size: number): AsyncIterable<Uint8Array> {
  let buffer = new Uint8Array(size);
  let spare: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  for await (const piece of pieces) {
    if (filled > 0 && filled + piece.length > size) {
      yield buffer.subarray(0, filled);
      [buffer, spare] = [spare ?? new Uint8Array(size), buffer];
      filled = 0;
    }
    if (piece.length >= size) {
      yield piece;
    } else {
      buffer.set(piece, filled);
      filled += piece.length;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
