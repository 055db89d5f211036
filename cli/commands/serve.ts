import { signalled } from "../files/signals.js";
import { defineCommand, option } from "../flags/command.js";
import { EXIT } from "../flags/exit-code.js";
import { integerFrom } from "../flags/values.js";

/** The same from day to day: browsers keep what the page needs offline by its address, port included. */
const USUAL_PORT = 7639;

export const serveCommand = defineCommand({
  name: "serve",
  group: "Use a graph:",
  summary: "serve the page that restores pictures and compiles networks in the browser",
  description:
    "Serves the page on 127.0.0.1, for this machine only, prints its address, and runs until you press Ctrl-C. Pictures and " +
    "networks that you give to the page stay in your browser.",
  arguments: [],
  options: {
    port: option(
      "--port <n>",
      `the port to listen on; 0 takes a free one (default: ${USUAL_PORT}, or a free one if that is in use)`,
      integerFrom(0, 65_535),
    ),
  },
  examples: [
    { does: "Open the address that it prints", line: "smxc serve" },
    { does: "With a fixed address", line: "smxc serve --port 8080" },
  ],
  async action(context, _args, { port }) {
    const { servePage } = await import("./serve/serve-page.js");
    const served = port === undefined ? await servePage(USUAL_PORT, 0) : await servePage(port);
    const interrupted = signalled();
    await context.answer({
      text: () => [served.address],
      json: () => ({ address: served.address, port: served.port }),
    });
    context.note("Press Ctrl-C to stop.");
    await interrupted;
    await served.close();
    return EXIT.good;
  },
});
