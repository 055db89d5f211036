/** Files of measurements: arrays of entries, each with a key of its own. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** @param fields what an entry is known by */
export function resultsFile(name, fields) {
  const file = new URL(`./results/${name}.generated.json`, import.meta.url);
  const keyOf = (entry) => fields.map((field) => entry[field]).join(" ");
  const read = () =>
    new Map((existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []).map((each) => [keyOf(each), each]));
  return {
    get: (key) => read().get(keyOf(key)),
    all: () => [...read().values()],
    /** Read anew every time: runs of other cases may have written meanwhile. */
    put(entry) {
      const entries = read().set(keyOf(entry), entry);
      writeFileSync(file, `${JSON.stringify([...entries.values()], null, 1)}\n`);
    },
  };
}
