import { defineCommand, flag, option, optionOr } from "../../flags/command.js";
import { EXIT } from "../../flags/exit-code.js";
import { queueFlags } from "../../flags/queue-flags.js";
import { integerFrom } from "../../flags/values.js";

const MOST_JOBS = 1024;
const USUAL_LEASE = 60;

export const queueWorkCommand = defineCommand({
  name: "queue work",
  group: "Use a graph:",
  summary: "restore the pictures of a queue; run it on as many machines as you like",
  description:
    "Restores pictures until it is stopped. A picture that cannot be read is listed as failed and not tried again. After an error " +
    "of a file or of a worker, a picture is tried three times. If a worker is killed, another one takes over its pictures. On SIGTERM or Ctrl-C " +
    "the pictures in progress are finished, and the others go back to the queue. Each result appears once and complete; " +
    ".smxc/journal.jsonl in its folder records it.",
  arguments: [],
  options: {
    ...queueFlags,
    jobs: option(
      "--jobs <n>",
      "number of workers; each runs one picture, or one part of a picture, at a time (default: one per core)",
      integerFrom(1, MOST_JOBS),
    ),
    untilEmpty: flag(
      "--until-empty",
      "end when no picture waits, is to be tried again, or is in progress on any machine",
    ),
    lease: optionOr(
      "--lease <seconds>",
      "after so long without a sign of life a worker counts as dead, and its pictures go to others",
      integerFrom(2, 86_400),
      USUAL_LEASE,
    ),
  },
  examples: [
    { does: "Until Ctrl-C", line: "smxc queue work --redis redis://localhost:6379" },
    { does: "As a job of a cluster", line: "smxc queue work --redis redis://queue:6379 --until-empty --jobs 4" },
  ],
  async action(context, _args, { redis, queue, jobs, untilEmpty, lease }) {
    const [{ withQueue }, { workQueue }, { failuresJson, endsAll }] = await Promise.all([
      import("./connect.js"),
      import("./work-queue.js"),
      import("../../pictures/failures.js"),
    ]);
    return withQueue({ redis, queue }, context, async (open) => {
      const { written, before, failures } = await workQueue(context, open, { jobs, untilEmpty, lease });
      await context.answer({
        text: () => [
          `wrote ${written} picture${written === 1 ? "" : "s"}; ${before} done before, ${failures.length} failed`,
        ],
        json: () => ({ queue, written, before, ...failuresJson(failures) }),
      });
      if (failures.some(endsAll)) return EXIT.usage;
      return failures.length > 0 ? EXIT.bad : EXIT.good;
    });
  },
});
