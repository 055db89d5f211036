/** The pictures that were given, and what became of each. */
import type { BetaSummary } from "../../../src/restore/beta-summary.js";
import type { PatchShares } from "../engine/protocol.js";

export interface Result {
  readonly png: Blob;
  /** What it was made with, as the user reads it, and as it is compared. */
  readonly network: string;
  readonly settings: string;
  /** How large it is, where and how fast it was made. */
  readonly text: string;
  /** What files of it are called, without their ending. */
  readonly fileName: string;
  readonly betas: readonly BetaSummary[];
  readonly patches: PatchShares | undefined;
  /** Whether the picture could have been run in patches, and was not. */
  readonly canBeCut: boolean;
}

export type State = "idle" | "waiting" | "running" | "failed";

export interface Item {
  readonly id: number;
  readonly name: string;
  readonly file: Blob;
  /** A picture that comes with the page, which makes room for the user's: who took it. */
  readonly credit?: string;
  state: State;
  problem?: string | undefined;
  result?: Result | undefined;
}

export class Queue {
  private list: Item[] = [];
  private shown: Item | undefined;
  private nextId = 0;
  private readonly onChange: () => void;

  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  get items(): readonly Item[] {
    return this.list;
  }

  get current(): Item | undefined {
    return this.shown;
  }

  /** Adds a picture; the page's own pictures go when another comes. */
  add(name: string, file: Blob, credit?: string): Item {
    const item: Item = { id: this.nextId++, name, file, state: "idle", ...(credit ? { credit } : {}) };
    this.list = [...this.list.filter((each) => each.credit === undefined), item];
    if (this.shown?.credit !== undefined) this.shown = undefined;
    this.onChange();
    return item;
  }

  show(item: Item): void {
    this.shown = item;
    this.onChange();
  }

  remove(item: Item): void {
    const at = this.list.indexOf(item);
    this.list = this.list.filter((each) => each !== item);
    if (this.shown === item) this.shown = this.list[Math.min(at, this.list.length - 1)];
    this.onChange();
  }

  change(item: Item, change: Partial<Pick<Item, "state" | "problem" | "result">>): void {
    Object.assign(item, change);
    this.onChange();
  }

  /** The picture that is shown comes first. */
  next(): Item | undefined {
    const waiting = this.list.filter(({ state }) => state === "waiting");
    return waiting.find((item) => item === this.shown) ?? waiting[0];
  }

  running(): Item | undefined {
    return this.list.find(({ state }) => state === "running");
  }
}
