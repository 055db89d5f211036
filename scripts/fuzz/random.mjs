import { randomNumbers } from "../../dist/src/base/random.js";

/** Repeatable choices. */
export class Random {
  constructor(seed) {
    this.next = randomNumbers(seed);
  }

  /** From 0 to below `most`. */
  int(most) {
    return Math.floor(this.next() * most);
  }

  chance(share) {
    return this.next() < share;
  }

  pick(list) {
    return list[this.int(list.length)];
  }
}
