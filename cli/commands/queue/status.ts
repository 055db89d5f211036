import { defineCommand, flag } from "../../flags/command.js";
import { EXIT } from "../../flags/exit-code.js";
import { queueFlags } from "../../flags/queue-flags.js";

/** How often --watch looks. */
const LOOK_MS = 1000;

export const queueStatusCommand = defineCommand({
  name: "queue status",
  group: "Look inside:",
  summary: "how many pictures of a queue wait, are in work, done or bad, and the time left",
  description:
    "Counts pictures since the queue began. The time left goes by what all workers together did in the last five minutes.",
  arguments: [],
  options: {
    ...queueFlags,
    watch: flag("--watch", "tell it again whenever it changes, each second at most, until all is done"),
  },
  examples: [
    { does: "Now", line: "smxc queue status --redis redis://localhost:6379" },
    { does: "Until all is done", line: "smxc queue status --redis redis://localhost:6379 --watch" },
    { does: "For another program", line: "smxc queue status --redis redis://localhost:6379 --json" },
  ],
  async action(context, _args, { redis, queue, watch }) {
    const [{ openQueue }, { readStatus }, { statusText }, { setTimeout: sleep }] = await Promise.all([
      import("./connect.js"),
      import("./read-status.js"),
      import("./status-text.js"),
      import("node:timers/promises"),
    ]);
    const open = await openQueue(redis, queue, context.report);
    try {
      let told = "";
      for (;;) {
        const status = await readStatus(open);
        const text = statusText(status);
        if (text.join("\n") !== told) await context.answer({ text: () => text, json: () => status });
        told = text.join("\n");
        if (!watch || status.waiting + status.active === 0) return EXIT.good;
        await sleep(LOOK_MS);
      }
    } finally {
      await open.close();
    }
  },
});
