import type { ShippedNetwork } from "../../src/shipped/networks.js";
import { defineCommand } from "../flags/command.js";
import { EXIT } from "../flags/exit-code.js";
import { bytesText } from "../terminal/scaled.js";
import { table } from "../terminal/table.js";

export const modelsCommand = defineCommand({
  name: "models",
  group: "Use a graph:",
  summary: "list the networks that come with smxc; use their names like a model document",
  description:
    "Every command that takes a model also takes one of these names, unless the working folder has a file of that name. " +
    "The size is that of the document and its weights together.",
  arguments: [],
  options: {},
  examples: [
    { does: "List them", line: "smxc models" },
    { does: "Enlarge a photograph", line: "smxc run nsr-x2 photo.png -o larger.png" },
    { does: "Compile one", line: "smxc compile nsr-denoise25 -o denoise.onnx" },
  ],
  async action(context) {
    const { shippedNetworks } = await import("../../src/shipped/networks.js");
    const networks = await Promise.all((await shippedNetworks()).map(withSize));
    await context.answer({
      text: () =>
        table(
          ["name", "task", "scale", "size", "licence"],
          networks.map(({ name, task, scale, bytes, licence }) => [name, task, `×${scale}`, bytesText(bytes), licence]),
        ),
      json: () => ({
        models: networks.map(({ name, task, scale, bytes, licence, document, weights }) => {
          return { name, task, scale, bytes, licence, document, weights };
        }),
      }),
    });
    return EXIT.good;
  },
});

interface Sized extends Omit<ShippedNetwork, "document" | "weights"> {
  readonly document: string;
  readonly weights: string;
  readonly bytes: number;
}

/** @throws SmxcError of kind `io` where a file is not there */
async function withSize(network: ShippedNetwork): Promise<Sized> {
  const [{ stat }, { fileURLToPath }, { SmxcError }, { notBuilt }] = await Promise.all([
    import("node:fs/promises"),
    import("node:url"),
    import("../../src/base/diagnostics.js"),
    import("../../src/shipped/errors.js"),
  ]);
  const sizeOf = async (path: string): Promise<number> => {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) throw new SmxcError([notBuilt(network.name, path)], "io");
    return found.size;
  };
  const [document, weights] = [fileURLToPath(network.document), fileURLToPath(network.weights)];
  const sizes = await Promise.all([document, weights].map(sizeOf));
  return { ...network, document, weights, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
