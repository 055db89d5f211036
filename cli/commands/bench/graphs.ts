/** Runs graphs in turn, round by round, so that a disturbance of the machine affects all of them equally. */

import { error, type Reporter, SmxcError, warning } from "../../../src/base/diagnostics.js";
import { randomNumbers } from "../../../src/base/random.js";
import { type Comparison, compareTimes, summariseTimes, type TimeSummary } from "../../../src/bench/statistics.js";
import type { Target } from "../../../src/lowerings/targets.js";
import { refuseEscapes } from "../../../src/sessions/external-data-node.js";
import type { Port, Session, Tensor } from "../../../src/sessions/session.js";
import { createNodeSession } from "../../../src/sessions/session-ort-node.js";
import type { Context } from "../../flags/command.js";
import { readSignature } from "../../models/open-model.js";

export interface BenchOptions {
  readonly target: Target;
  readonly threads: number;
  readonly runs: number;
  /**
   * Shape of the main input; undefined: the shape that the graph declares, with batch 1 and sides of 48 for dynamic
   * sizes.
   */
  readonly shape: readonly number[] | undefined;
}

export interface BenchRun extends TimeSummary, Comparison {
  readonly file: string;
  /** Of the main input. */
  readonly shape: readonly number[];
  readonly target: Target;
  readonly threads: number;
  readonly runs: number;
  /** Processor time of the whole process, which a busy machine disturbs less than wall-clock time. */
  readonly cpuMinMs: number;
  readonly cpuRatio: number;
  /** Outputs that hold NaN or infinite values; their times say little about real pictures. */
  readonly notFinite: readonly string[];
}

/** Rounds before the first that counts, after a run that looks at the outputs: the first runs allocate. */
const WARM_UP = 2;
const OPEN_SIZE = 48;
/** 2 GiB. */
const MOST_VALUES = 2 ** 29;

interface Entrant {
  readonly file: string;
  readonly session: Session;
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly notFinite: readonly string[];
  readonly wall: number[];
  readonly cpu: number[];
}

/** @param files the first is what the others are compared with */
export async function benchGraphs(
  context: Context,
  files: readonly string[],
  options: BenchOptions,
): Promise<readonly BenchRun[]> {
  const entrants: Entrant[] = [];
  try {
    for (const file of files) entrants.push(await enter(file, options, context.report));
    const bar = context.progress("running", options.runs + WARM_UP);
    try {
      for (let round = 0; round < options.runs + WARM_UP; round++) {
        // Whoever runs second finds the caches as the other left them: the order turns from round to round.
        const order = round % 2 === 0 ? entrants : [...entrants].reverse();
        for (const entrant of order) await runOnce(entrant, round >= WARM_UP);
        bar.update(round + 1);
      }
    } finally {
      bar.end();
    }
    const [baseline] = entrants;
    return entrants.map(({ file, feeds, session, notFinite, wall, cpu }) => ({
      file,
      shape: feeds.get(session.inputNames[0]!)!.shape,
      target: options.target,
      threads: options.threads,
      runs: options.runs,
      ...summariseTimes(wall),
      ...compareTimes(wall, baseline!.wall),
      cpuMinMs: summariseTimes(cpu).minMs,
      cpuRatio: compareTimes(cpu, baseline!.cpu).ratio,
      notFinite,
    }));
  } finally {
    for (const { session } of entrants) await session.release();
  }
}

async function enter(file: string, { target, threads, shape }: BenchOptions, report: Reporter): Promise<Entrant> {
  await refuseEscapes(file, (await readSignature(file)).external);
  const session = await createNodeSession(file, { target, threads });
  try {
    const feeds = randomFeeds(file, session.inputs, shape);
    const outputs = await session.run(feeds);
    const notFinite = [...outputs].filter(([, { data }]) => !data.every(Number.isFinite)).map(([name]) => name);
    if (notFinite.length > 0) report(notFiniteOutputs(file, notFinite));
    return { file, session, feeds, notFinite, wall: [], cpu: [] };
  } catch (cause) {
    await session.release();
    throw cause;
  }
}

async function runOnce({ session, feeds, wall, cpu }: Entrant, counts: boolean): Promise<void> {
  const before = process.cpuUsage();
  const start = performance.now();
  await session.run(feeds);
  const elapsed = performance.now() - start;
  const used = process.cpuUsage(before);
  if (!counts) return;
  wall.push(elapsed);
  cpu.push((used.user + used.system) / 1000);
}

/**
 * Pseudo-random values in [0, 1) for every input, the same in every run. Dynamic sizes of other inputs follow from
 * those of the main input.
 */
export function randomFeeds(
  file: string,
  inputs: readonly Port[],
  shape: readonly number[] | undefined,
): ReadonlyMap<string, Tensor> {
  const [main] = inputs;
  if (main === undefined) return new Map();
  const sizes = new Map<string, number>();
  const wanted = main.shape.map((dim, axis) => (isOpen(dim) ? (shape?.[axis] ?? (axis === 0 ? 1 : OPEN_SIZE)) : dim));
  const fits = shape === undefined || (shape.length === wanted.length && shape.every((size, i) => size === wanted[i]));
  if (!fits) throw new SmxcError([otherShape(file, main, shape)], "usage");
  main.shape.forEach((dim, axis) => {
    if (typeof dim === "string" && dim !== "") sizes.set(dim, Number(wanted[axis]));
  });
  const random = randomNumbers(1);
  return new Map(
    inputs.map((port) => {
      const open = (dim: number | string): number => sizes.get(String(dim)) ?? 1;
      const own = port.shape.map((dim) => (isOpen(dim) ? open(dim) : Number(dim)));
      const dims = port === main ? wanted.map(Number) : own;
      const count = dims.reduce((product, dim) => product * dim, 1);
      if (count > MOST_VALUES) throw new SmxcError([tooLarge(file, port.name, dims)]);
      const whole = !port.type.startsWith("float");
      return [port.name, { data: Float32Array.from({ length: count }, () => (whole ? 0 : random())), shape: dims }];
    }),
  );
}

function isOpen(dim: number | string): boolean {
  return typeof dim === "string" || dim < 1;
}

const notFiniteOutputs = (file: string, outputs: readonly string[]) =>
  warning(
    "bench/not-finite",
    `the outputs hold NaN or infinite values (${outputs.join(", ")}), so the times say little about real pictures`,
    { file, hint: "find the first layer whose values are not finite with smxc verify" },
  );

const tooLarge = (file: string, input: string, shape: readonly number[]) =>
  error("bench/too-large", `the input "${input}" of shape ${shape.join("x")} is too large to measure`, {
    file,
    place: input,
    hint: "give a smaller --shape",
  });

const otherShape = (file: string, { name, shape }: Port, given: readonly number[]) =>
  error(
    "bench/shape",
    `the graph's input "${name}" has the shape ${shape.join("x")}; the shape ${given.join("x")} does not fit it`,
    {
      file,
      hint: "give a --shape that fits, or compile the graph for any size: without --batch, --height and --width",
    },
  );
