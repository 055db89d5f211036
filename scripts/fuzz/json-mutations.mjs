/** Changes of JSON values. */
const STRINGS = [
  "",
  ".",
  "..",
  "../x",
  "/",
  "/etc/x",
  "a/../../b",
  "a\u0000b",
  "\\..\\x",
  "__proto__",
  "x".repeat(5000),
  ".png",
  "é",
];
const VALUES = [null, true, false, 0, -1, 1, 0.5, 1e300, 2 ** 53, [], {}, [[]], ...STRINGS];

/** The value with one change somewhere in it. */
export function mutatedJson(value, random) {
  if (random.chance(0.2) || value === null || typeof value !== "object") return changedValue(value, random);
  const entries = Object.entries(value);
  const at = random.int(Math.max(1, entries.length));
  const kind = random.next();
  const changed =
    entries.length === 0 || kind < 0.15
      ? [...entries, [random.pick(["x", "__proto__", "jobs", "memory", "0"]), random.pick(VALUES)]]
      : kind < 0.3
        ? entries.toSpliced(at, 1)
        : entries.with(at, [entries[at][0], mutatedJson(entries[at][1], random)]);
  return Array.isArray(value) ? changed.map(([, each]) => each) : Object.fromEntries(changed);
}

function changedValue(value, random) {
  if (typeof value === "number" && random.chance(0.5)) return value + random.pick([1, -1, 0.5, 1e9]);
  if (typeof value === "string" && random.chance(0.5))
    return random.pick([`${value}x`, value.slice(1), `../${value}`, value.repeat(2)]);
  return random.pick(VALUES);
}
