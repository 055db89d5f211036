import type { PyValue } from "./values.js";

/** What the stack reports; both throw. */
export interface StackFaults {
  readonly underflow: () => never;
  readonly overflow: (most: number) => never;
}

/** Values and marks together. Python writes the items of a tuple or frozenset to the stack at once, however many. */
const MOST = 1_000_000;

/** The stack of a pickle. Values below the last mark are out of reach of what stands above it. */
export class Stack {
  private readonly values: PyValue[] = [];
  private readonly marks: number[] = [];

  constructor(private readonly faults: StackFaults) {}

  /** Values and marks. */
  get size(): number {
    return this.values.length + this.marks.length;
  }

  push(value: PyValue): void {
    this.makeRoom();
    this.values.push(value);
  }

  mark(): void {
    this.makeRoom();
    this.marks.push(this.values.length);
  }

  private makeRoom(): void {
    if (this.size >= MOST) this.faults.overflow(MOST);
  }

  top(): PyValue {
    if (this.values.length <= this.floor) this.faults.underflow();
    return this.values.at(-1)!;
  }

  pop(): PyValue {
    this.top();
    return this.values.pop()!;
  }

  popCount(count: number): PyValue[] {
    if (this.values.length - count < this.floor) this.faults.underflow();
    return this.values.splice(this.values.length - count);
  }

  popMark(): PyValue[] {
    const from = this.marks.pop() ?? this.faults.underflow();
    return this.values.splice(from);
  }

  /** Takes off the value or mark that is on top. */
  drop(): void {
    if (this.values.length === this.marks.at(-1)) this.marks.pop();
    else this.pop();
  }

  private get floor(): number {
    return this.marks.at(-1) ?? 0;
  }
}
