/** A part of many pictures, for one of several machines that share the work without speaking to each other. */
import { createHash } from "node:crypto";

export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** Whether a name belongs to a part. This depends neither on the folder nor on the other pictures. */
export function isOfShard(name: string, { index, count }: Shard): boolean {
  // 48 bits, which a number holds exactly.
  return createHash("sha256").update(name).digest().readUIntBE(0, 6) % count === index;
}
