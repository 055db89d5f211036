import { argument, choice, defineCommand, flag, option, requiredOption } from "../flags/command.js";
import { EXIT } from "../flags/exit-code.js";
import { filePath, integerFrom, name, positiveInteger } from "../flags/values.js";

/** Requests that a server joins at most, where nothing else is asked for. */
const MAX_BATCH = 16;
/** The server's own, where a model does not say it. */
const INSTANCES = { cpu: 2, gpu: 1 } as const;

export const deployCommand = defineCommand({
  name: "deploy",
  group: "Use a graph:",
  summary: "write a graph as a model of an inference server, NVIDIA's Triton",
  description:
    "Writes <repository>/<name>/1/model.onnx, with its external data, and <repository>/<name>/config.pbtxt, whose names, types " +
    "and sizes are those of the graph. Other models of the repository are left alone. The server joins requests of one size to " +
    "batches where the graph's batch is open; heights and widths stay open where the graph's are. Triton itself is not run.",
  arguments: [
    argument("server", "triton, the one server that smxc knows"),
    argument("model.onnx", "the graph, of smxc or of any other exporter"),
  ],
  options: {
    output: requiredOption(
      "-o, --output <repository>",
      "the folder that holds the server's models; made if missing",
      filePath,
    ),
    name: option("--name <n>", "what the server calls the model (default: the file's name without .onnx)", name),
    maxBatch: option(
      "--max-batch <n>",
      `the most requests that run as one batch; 0: none are joined (default: ${MAX_BATCH}, and 0 where the graph's batch is fixed)`,
      integerFrom(0, 4096),
    ),
    kind: choice("--kind <kind>", "what the server runs the model on", ["cpu", "gpu"], "cpu"),
    instances: option(
      "--instances <n>",
      `copies that run at a time, each with one thread on a CPU; on GPUs, on each (default: ${INSTANCES.cpu}, on GPUs ${INSTANCES.gpu})`,
      positiveInteger,
    ),
    check: flag(
      "--check",
      "write nothing: compare the configuration that is there, changed by hand perhaps, with Triton's schema and the graph; takes -o and --name",
    ),
  },
  examples: [
    { does: "For a server with eight cores", line: "smxc deploy triton model.onnx -o repository --instances 8" },
    {
      does: "For one with a GPU",
      line: "smxc deploy triton gpu.onnx -o repository --kind gpu --max-batch 64",
    },
    {
      does: "After you changed the configuration by hand",
      line: "smxc deploy triton model.onnx -o repository --check",
    },
  ],
  async action(context, [server, path], options) {
    const [{ noSuchServer }, { deployTriton, deployedText }] = await Promise.all([
      import("./deploy/errors.js"),
      import("./deploy/deploy-triton.js"),
    ]);
    if (server !== "triton") throw noSuchServer(server);
    if (options.check) {
      const { checkDeployed, checkedText } = await import("./deploy/check-deployed.js");
      const checked = await checkDeployed(path, options);
      await context.answer({ text: () => [checkedText(checked)], json: () => checked });
      return EXIT.good;
    }
    const deployed = await deployTriton(path, {
      ...options,
      instances: options.instances ?? INSTANCES[options.kind],
      defaultBatch: MAX_BATCH,
      report: context.report,
    });
    await context.answer({
      text: () => deployedText(deployed),
      json: () => deployed,
    });
    return EXIT.good;
  },
});
