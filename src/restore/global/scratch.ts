/** Storage for feature maps between stages: a sequence of numbers, in memory or in a file. */

export interface Scratch {
  /** Fills `data` with the numbers from position `at` on. */
  read(data: Float32Array, at: number): Promise<void>;
  /** Stores `data` from position `at` on. The caller may change `data` only after the promise resolves. */
  write(data: Float32Array, at: number): Promise<void>;
  /** Frees the storage. */
  close(): Promise<void>;
}

/** Opens storage outside memory for a number of numbers. */
export type OpenScratch = (numbers: number) => Promise<Scratch>;

/** Numbers that are taken from memory at once: engines bound the length of one array. */
const CHUNK = 2 ** 22;

export function memoryScratch(numbers: number): Scratch {
  const chunks = Array.from(
    { length: Math.ceil(numbers / CHUNK) },
    (_, index) => new Float32Array(Math.min(CHUNK, numbers - index * CHUNK)),
  );
  const each = (data: Float32Array, at: number, move: (piece: Float32Array, held: Float32Array) => void): void => {
    for (let done = 0; done < data.length; ) {
      const chunk = chunks[Math.floor((at + done) / CHUNK)]!;
      const from = (at + done) % CHUNK;
      const length = Math.min(data.length - done, chunk.length - from);
      move(data.subarray(done, done + length), chunk.subarray(from, from + length));
      done += length;
    }
  };
  return {
    read: async (data, at) => each(data, at, (piece, held) => piece.set(held)),
    write: async (data, at) => each(data, at, (piece, held) => held.set(piece)),
    close: async () => {
      chunks.length = 0;
    },
  };
}

/** One room of which the first numbers lie in one place and the others in another. */
export function joinedScratch(first: Scratch, numbers: number, rest: Scratch): Scratch {
  const both = async (work: "read" | "write", data: Float32Array, at: number): Promise<void> => {
    const below = Math.min(data.length, Math.max(0, numbers - at));
    if (below > 0) await first[work](data.subarray(0, below), at);
    if (below < data.length) await rest[work](data.subarray(below), Math.max(0, at - numbers));
  };
  return {
    read: (data, at) => both("read", data, at),
    write: (data, at) => both("write", data, at),
    close: async () => {
      await first.close();
      await rest.close();
    },
  };
}
