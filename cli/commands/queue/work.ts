import { defineCommand, flag, option, optionOr } from "../../flags/command.js";
import { EXIT } from "../../flags/exit-code.js";
import { queueFlags } from "../../flags/queue-flags.js";
import { integerFrom } from "../../flags/values.js";

const MOST_JOBS = 1024;
const USUAL_LEASE = 60;

export const queueWorkCommand = defineCommand({
  name: "queue work",
  group: "Use a graph:",
  summary: "restore the pictures of a queue, on as many machines as you like",
  description:
    "Takes pictures until it is stopped. A picture that cannot be read is listed and not tried again; a file that cannot be opened, or a " +
    "network's worker that ends, is tried three times. What a killed worker had in hand is done by another. SIGTERM and Ctrl-C let the " +
    "pictures that run be finished, and give the others back. Each result appears once, whole; .smxc/journal.jsonl of its folder says so.",
  arguments: [],
  options: {
    ...queueFlags,
    jobs: option(
      "--jobs <n>",
      "workers, each of which runs a picture, or a part of one, at a time (default: as many as there are cores)",
      integerFrom(1, MOST_JOBS),
    ),
    untilEmpty: flag("--until-empty", "end when nothing is waiting, to be tried again, or in work anywhere"),
    lease: optionOr(
      "--lease <seconds>",
      "a worker that is not heard of for so long is taken for dead, and its pictures go to others",
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
