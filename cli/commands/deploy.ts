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
  summary: "put a graph into the model repository of an inference server (NVIDIA Triton)",
  description:
    "Writes <repository>/<name>/1/model.onnx, with its external data, and <repository>/<name>/config.pbtxt with the names, types " +
    "and sizes of the graph's inputs and outputs. Other models of the repository are not changed. If the graph's batch is dynamic, the " +
    "server joins requests of one size to a batch. Dynamic heights and widths stay dynamic. smxc does not run Triton.",
  arguments: [
    argument("server", "triton (the only server that smxc supports)"),
    argument("model.onnx", "the ONNX graph, of any exporter"),
  ],
  options: {
    output: requiredOption(
      "-o, --output <repository>",
      "the folder of the server's models; created if it does not exist",
      filePath,
    ),
    name: option("--name <n>", "the model's name on the server (default: the file's name without .onnx)", name),
    maxBatch: option(
      "--max-batch <n>",
      `the largest number of requests that run as one batch; 0: requests run one by one (default: ${MAX_BATCH}; 0 if the graph's batch is fixed)`,
      integerFrom(0, 4096),
    ),
    kind: choice("--kind <kind>", "the device on which the server runs the model", ["cpu", "gpu"], "cpu"),
    instances: option(
      "--instances <n>",
      `copies of the model that run at the same time: on a CPU in total, with one thread each; with GPUs on each GPU (default: ${INSTANCES.cpu}; on GPUs ${INSTANCES.gpu})`,
      positiveInteger,
    ),
    check: flag(
      "--check",
      "write nothing; check the existing configuration, which you may have edited, against Triton's schema and the graph (uses -o and --name)",
    ),
  },
  examples: [
    { does: "For a server with eight cores", line: "smxc deploy triton model.onnx -o repository --instances 8" },
    {
      does: "For a server with a GPU",
      line: "smxc deploy triton gpu.onnx -o repository --kind gpu --max-batch 64",
    },
    {
      does: "Check the configuration after you edited it",
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
