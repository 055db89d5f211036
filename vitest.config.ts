import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { builtWorkers } from "./test/support/built-workers.js";

/** The files that take longest, the longest first; without them, size decides, which says nothing of time. */
const LONG = [
  "differential/trained",
  "property/all-layers",
  "cli/run-many",
  "cli/faults-kill",
  "property/networks",
  "cli/refusals",
  "cli/end-to-end",
  "cli/named-networks",
  "cli/run-resume",
  "differential/oracle",
  "cli/large",
  "unit/tables",
];

/** Begins with the long files, so that no worker is left alone with one at the end. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONG.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
      return index < 0 ? LONG.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  plugins: [builtWorkers()],
  test: {
    include: ["test/{unit,golden,errors,property,differential,cli}/**/*.test.ts"],
    setupFiles: ["test/support/seed.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // A process for many files, which loads the sources once. Files share nothing else: they put back what they change.
    isolate: false,
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
  },
});
