/** `--tune`: measures the candidates for every distinct convolution on this machine, and keeps what was measured in a file. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { collect } from "../../../src/base/bytes/byte-source.js";
import { error, SmxcError } from "../../../src/base/diagnostics.js";
import { randomNumbers } from "../../../src/base/random.js";
import type { Lines } from "../../../src/base/text/lines.js";
import { compileGraph, emitOptionsOf } from "../../../src/compile.js";
import type { LoweringOptions } from "../../../src/compile-options.js";
import type { Graph } from "../../../src/ir/graph.js";
import { TRIAL_LAYERS, type Trial, trialsOf } from "../../../src/lowerings/trials.js";
import { refusesWinograd } from "../../../src/lowerings/winograd/plan.js";
import { encodeModel } from "../../../src/onnx/encode.js";
import type { Session } from "../../../src/sessions/session.js";
import { createNodeSession } from "../../../src/sessions/session-ort-node.js";
import { writeFiles } from "../../files/write-files.js";
import type { Context } from "../../flags/command.js";
import { table } from "../../terminal/table.js";

const cacheSchema = z.object({ schemaVersion: z.literal(1), ns: z.record(z.string(), z.number().positive()) });

/** Each candidate of a convolution runs for at least this long, and this often. */
const TRIAL_MS = 150;
const FEWEST_ROUNDS = 5;

/** One candidate for one convolution. */
export interface MeasuredTrial {
  readonly convolution: string;
  readonly lowering: string;
  /** Of one layer, for one sample. */
  readonly ns: number;
  /** `now`: measured in this call; `before`: taken from the cache. */
  readonly measured: "now" | "before";
}

export interface Tuned {
  /** Times by key, for the choice of lowerings: all that the cache holds. */
  readonly measured: ReadonlyMap<string, number>;
  /** Those of the graphs at hand. */
  readonly trials: readonly MeasuredTrial[];
}

export interface TuneFiles {
  readonly cache: string;
  /** Files that the cache may not take the place of. */
  readonly inputs: readonly string[];
}

/**
 * Measures what the cache file does not hold yet. With a complete cache the result is always the same.
 *
 * @param graphs after their passes
 * @throws SmxcError `tune/target`, `tune/cache`
 */
export async function tune(
  context: Context,
  graphs: readonly Graph[],
  options: LoweringOptions,
  { cache, inputs }: TuneFiles,
): Promise<Tuned> {
  const emitOptions = emitOptionsOf({ ...options, lowering: "auto" });
  if (emitOptions.target !== "cpu" && emitOptions.target !== "wasm") throw new SmxcError([otherTarget()], "usage");
  const measured = new Map(await readCache(cache));
  const now = new Set<string>();
  const all = trialsOf(graphs, emitOptions);
  if (all.length === 0) {
    const reason = options.dtype === "float16" ? "Winograd is not used in float16" : refusesWinograd(emitOptions);
    context.note(`nothing to measure: ${reason ?? "no convolution has lowerings to choose from"}`);
  }
  const result = (): Tuned => ({
    measured,
    trials: all.flat().map(({ key, convolution, lowering }) => ({
      convolution,
      lowering,
      ns: measured.get(key)!,
      measured: now.has(key) ? "now" : "before",
    })),
  });
  const groups = all.filter((trials) => trials.some(({ key }) => !measured.has(key)));
  if (groups.length === 0) return result();
  const bar = context.progress("measuring", groups.length);
  try {
    for (const [index, trials] of groups.entries()) {
      for (const [key, ns] of await measure(trials, options)) {
        measured.set(key, ns);
        now.add(key);
      }
      bar.update(index + 1);
    }
  } finally {
    bar.end();
  }
  const sorted = [...measured].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `${JSON.stringify({ schemaVersion: 1, ns: Object.fromEntries(sorted) }, null, 1)}\n`;
  await writeFiles([{ path: cache, content: text }], { inputs });
  return result();
}

export function trialsText(trials: readonly MeasuredTrial[]): Lines {
  if (trials.length === 0) return [];
  const rows = trials.map(({ convolution, lowering, ns, measured }) => [
    convolution,
    lowering,
    `${(ns / 1e6).toPrecision(3)} ms`,
    measured,
  ]);
  return [...table(["convolution", "lowering", "time", "measured"], rows), ""];
}

async function readCache(path: string): Promise<readonly (readonly [string, number])[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cause;
  }
  try {
    return Object.entries(cacheSchema.parse(JSON.parse(text)).ns);
  } catch {
    throw new SmxcError([badCache(path)]);
  }
}

interface Entrant {
  readonly key: string;
  readonly session: Session;
  least: number;
}

/** The candidates of one convolution, in turn; the least time of each counts. */
async function measure(trials: readonly Trial[], options: LoweringOptions): Promise<ReadonlyMap<string, number>> {
  const target = options.target ?? "cpu";
  const threads = options.threads ?? 1;
  const open = async (graph: Graph, lowering: string): Promise<Session> => {
    const { model } = compileGraph(graph, { target, threads, lowering });
    const bytes = await collect(encodeModel(model).model);
    return createNodeSession({ name: "a trial", bytes }, { target, threads });
  };
  const random = randomNumbers(1);
  const feeds = new Map(
    [...trials[0]!.inputs].map(([name, shape]) => {
      const count = shape.reduce((product, dim) => product * dim, 1);
      return [name, { data: Float32Array.from({ length: count }, random), shape }] as const;
    }),
  );
  const entrants: Entrant[] = [];
  try {
    for (const { key, lowering, graph } of trials) {
      entrants.push({ key, session: await open(graph, lowering), least: Number.POSITIVE_INFINITY });
    }
    const start = performance.now();
    for (let round = 0; round <= FEWEST_ROUNDS || performance.now() - start < TRIAL_MS * trials.length; round++) {
      for (const entrant of entrants) {
        const time = await timeOf(() => entrant.session.run(feeds), threads);
        if (round > 0) entrant.least = Math.min(entrant.least, time);
      }
    }
    return new Map(entrants.map(({ key, least }) => [key, Math.max(1, Math.round((least / TRIAL_LAYERS) * 1e6))]));
  } finally {
    for (const { session } of entrants) await session.release();
  }
}

/** Milliseconds: of the processor for one thread, which other programs disturb less than the clock on the wall. */
async function timeOf(run: () => Promise<unknown>, threads: number): Promise<number> {
  const before = process.cpuUsage();
  const began = performance.now();
  await run();
  const elapsed = performance.now() - began;
  if (threads > 1) return elapsed;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const otherTarget = () =>
  error("tune/target", "--tune measures on the processor of this machine, so it needs --target cpu or wasm", {
    hint: "leave out --tune; for other targets there is no choice of lowerings",
  });

const badCache = (file: string) =>
  error("tune/cache", "the file is not a cache that --tune wrote", {
    file,
    hint: "remove it, or name another file with --tune-cache",
  });
