import { defineCommand, flag } from "../../flags/command.js";
import { EXIT } from "../../flags/exit-code.js";
import { queueFlags } from "../../flags/queue-flags.js";

/** How often --watch looks. */
const LOOK_MS = 1000;

export const queueStatusCommand = defineCommand({
  name: "queue status",
  group: "Look inside:",
  summary: "count the pictures that wait, are in progress, are done or failed, and estimate the time left",
  description:
    "Counts all pictures that were ever added to the queue. The time left is estimated from what all workers together did in the last five minutes.",
  arguments: [],
  options: {
    ...queueFlags,
    watch: flag(
      "--watch",
      "print the counts again when they change, at most once a second, until all pictures are done; with --json one document per line",
    ),
  },
  examples: [
    { does: "Now", line: "smxc queue status --redis redis://localhost:6379" },
    { does: "Watch until all pictures are done", line: "smxc queue status --redis redis://localhost:6379 --watch" },
    { does: "For another program", line: "smxc queue status --redis redis://localhost:6379 --json" },
  ],
  async action(context, _args, { redis, queue, watch }) {
    const [{ withQueue }, { readStatus }, { countsText, failedText }, { jsonLine }, { setTimeout: sleep }] =
      await Promise.all([
        import("./connect.js"),
        import("./read-status.js"),
        import("./status-text.js"),
        import("../../terminal/output.js"),
        import("node:timers/promises"),
      ]);
    return withQueue({ redis, queue }, context, async (open) => {
      let printed = "";
      const printedFailed = new Set<string>();
      for (;;) {
        const status = await readStatus(open);
        const counts = countsText(status);
        if (counts !== printed && watch && context.json) await context.print(jsonLine(status));
        else if (counts !== printed) {
          const failed = status.failed.map(failedText).filter((line) => !printedFailed.has(line));
          for (const line of failed) printedFailed.add(line);
          await context.answer({ text: () => [counts, ...failed], json: () => status });
        }
        printed = counts;
        if (!watch || status.waiting + status.active === 0) return EXIT.good;
        await sleep(LOOK_MS);
      }
    });
  },
});
