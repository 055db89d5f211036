import { expect } from "vitest";
import { openWeights } from "../../src/files/open.js";
import { guardedSource, refusal } from "../unit/weights-sources.js";

export interface Row {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** Of the first finding; the rest, if any, are in `more`. */
  readonly code: string;
  readonly more?: readonly string[];
  readonly place?: string | RegExp;
  readonly message?: RegExp | string;
  readonly hint?: RegExp;
}

/** Expects that a checkpoint is refused as the row says, without a read past its end. */
export async function check(row: Row): Promise<void> {
  const source = guardedSource(row.bytes, "net.pt");
  const found = await refusal(() => openWeights(source));
  const [first] = found;
  expect(found.map(({ code }) => code)).toEqual([row.code, ...(row.more ?? [])]);
  expect(first).toMatchObject({ severity: "error", file: "net.pt", hint: expect.any(String) });
  if (typeof row.place === "string") expect(first?.place).toBe(row.place);
  if (row.place instanceof RegExp) expect(first?.place).toMatch(row.place);
  if (row.message !== undefined) expect(first?.message).toMatch(row.message);
  if (row.hint !== undefined) expect(first?.hint).toMatch(row.hint);
}
