/** Where feature maps lie between stages: numbers in a row, in memory or in a file. */

export interface Scratch {
  /** Fills pieces one after the other with what lies from a place on, counted in numbers. */
  read(pieces: readonly Float32Array[], at: number): Promise<void>;
  /** Lays pieces down one after the other from a place on. They may change when it is done, not before. */
  write(pieces: readonly Float32Array[], at: number): Promise<void>;
  /** Gives the room back. */
  close(): Promise<void>;
}

/** Opens room for so many numbers outside memory. */
export type OpenScratch = (numbers: number) => Promise<Scratch>;

/** Numbers that are taken from memory at once: engines bound the length of one array. */
const CHUNK = 2 ** 22;

export function memoryScratch(numbers: number): Scratch {
  const chunks = Array.from(
    { length: Math.ceil(numbers / CHUNK) },
    (_, index) => new Float32Array(Math.min(CHUNK, numbers - index * CHUNK)),
  );
  const each = (
    pieces: readonly Float32Array[],
    at: number,
    move: (piece: Float32Array, held: Float32Array) => void,
  ) => {
    let place = at;
    for (const piece of pieces)
      for (let done = 0; done < piece.length; ) {
        const chunk = chunks[Math.floor(place / CHUNK)]!;
        const from = place % CHUNK;
        const length = Math.min(piece.length - done, chunk.length - from);
        move(piece.subarray(done, done + length), chunk.subarray(from, from + length));
        done += length;
        place += length;
      }
  };
  return {
    read: async (pieces, at) => each(pieces, at, (piece, held) => piece.set(held)),
    write: async (pieces, at) => each(pieces, at, (piece, held) => held.set(piece)),
    close: async () => {
      chunks.length = 0;
    },
  };
}

/** One room of which the first numbers lie in one place and the others in another. */
export function joinedScratch(first: Scratch, numbers: number, rest: Scratch): Scratch {
  const split = (pieces: readonly Float32Array[], at: number) => {
    const [below, above]: [Float32Array[], Float32Array[]] = [[], []];
    let place = at;
    for (const piece of pieces) {
      const inside = Math.min(piece.length, Math.max(0, numbers - place));
      if (inside > 0) below.push(piece.subarray(0, inside));
      if (inside < piece.length) above.push(piece.subarray(inside));
      place += piece.length;
    }
    return { below, above, rest: Math.max(0, at - numbers) };
  };
  const both = async (work: "read" | "write", pieces: readonly Float32Array[], at: number): Promise<void> => {
    const parts = split(pieces, at);
    if (parts.below.length > 0) await first[work](parts.below, at);
    if (parts.above.length > 0) await rest[work](parts.above, parts.rest);
  };
  return {
    read: (pieces, at) => both("read", pieces, at),
    write: (pieces, at) => both("write", pieces, at),
    close: async () => {
      await first.close();
      await rest.close();
    },
  };
}
