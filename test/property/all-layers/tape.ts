/** Decisions of a random model: a list of numbers that are read one after the other. */

/** Zero, and the end of the tape, always mean the simplest choice, so that fast-check shrinks towards simple models. */
export class Tape {
  private readonly numbers: readonly number[];
  private at = 0;

  constructor(numbers: readonly number[]) {
    this.numbers = numbers;
  }

  private next(): number {
    return this.numbers[this.at++] ?? 0;
  }

  /** One of the options, of which the first is the simplest. */
  pick<T>(options: readonly [T, ...T[]] | readonly T[]): T {
    return options[this.next() % options.length]!;
  }

  /** A whole number from `least` to `most`. */
  integer(least: number, most: number): number {
    return least + (this.next() % (most - least + 1));
  }

  /** True once in `oneIn` times. */
  chance(oneIn: number): boolean {
    return this.next() % oneIn === oneIn - 1;
  }
}
