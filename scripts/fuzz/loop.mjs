/** The process that runs inputs: started by fuzz.mjs, which says what, and watches it. */
import { readFileSync, writeFileSync } from "node:fs";
import { Coverage } from "./coverage.mjs";
import { keepFinding, placeOf, Wrong } from "./findings.mjs";
import { Random } from "./random.mjs";
import { TARGETS } from "./targets/index.mjs";

/** All inputs that are kept together. */
const MOST_KEPT_BYTES = 128 * 2 ** 20;
/** Larger ones are left: they run slowly, and small ones do the same. */
const LARGEST = 512 * 2 ** 10;

process.on("disconnect", () => process.exit(1));
process.once("message", async (task) => {
  await (task.replayed.length > 0 ? replay(task) : fuzz(task));
  process.exit(0);
});

async function fuzz({ name, folder, state, seed, end, before }) {
  const target = TARGETS.get(name);
  const random = new Random(seed);
  const coverage = new Coverage();
  const corpus = await target.seeds();
  let kept = corpus.reduce((sum, { length }) => sum + length, 0);
  const places = new Set();
  const first = corpus.length;
  for (let runs = 1; Date.now() < end; runs++) {
    // The seeds as they are come first.
    const input = runs <= first ? corpus[runs - 1] : await inputOf(target, corpus, random);
    if (input === undefined || input.length > LARGEST) continue;
    const { outcome, cause } = await attempt(target, input, state);
    const isNew = coverage.added() > 0;
    if (isNew && runs > first && kept + input.length < MOST_KEPT_BYTES) {
      corpus.push(input);
      kept += input.length;
    }
    const place = cause === undefined ? undefined : placeOf(cause);
    const finding = place !== undefined && !places.has(place);
    if (finding) {
      places.add(place);
      keepFinding(folder, target.ending, input, textOf(cause));
    }
    const { user, system } = process.cpuUsage();
    const seconds = (user + system) / 1e6;
    await told({ runs, before, outcome, finding, seconds, corpus: [corpus.length, coverage.seen.size] });
  }
}

async function replay({ name, state, replayed }) {
  for (const [index, path] of replayed.entries()) {
    const { outcome, cause } = await attempt(TARGETS.get(name), readFileSync(path), state);
    if (cause !== undefined) console.error(textOf(cause));
    await told({ runs: index + 1, outcome: `${path}: ${outcome}`, finding: cause !== undefined });
  }
}

const textOf = (cause) => (cause instanceof Error ? `${cause.stack}\n${cause.message}` : String(cause));

/** New, or another one changed; recent ones more often than old ones. */
async function inputOf(target, corpus, random) {
  if (target.generate !== undefined && random.chance(target.generated)) return target.generate(random);
  const from = random.chance(0.3) ? Math.max(0, corpus.length - 20) : 0;
  return target.mutate(corpus[from + random.int(corpus.length - from)], random, corpus);
}

/** One input, and what may not be. */
async function attempt({ run, mostMs }, input, state) {
  writeFileSync(state, input);
  const stage = (text) => writeFileSync(`${state}.stage`, text);
  stage("the start");
  const began = process.cpuUsage();
  try {
    const outcome = await run(input, stage);
    const { user, system } = process.cpuUsage(began);
    const took = (user + system) / 1000;
    if (took > mostMs(input.length)) throw new Wrong("slow", `${took} ms for ${input.length} bytes`);
    if (Object.keys(Object.prototype).length > 0) throw new Wrong("pollution", "a prototype was changed");
    return { outcome };
  } catch (cause) {
    return { outcome: "finding", cause };
  } finally {
    stage("the next input is made");
  }
}

function told(message) {
  return new Promise((resolve) => process.send(message, resolve));
}
