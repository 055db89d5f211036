// An application that Vite bundles: restores a picture by a network that comes with the package.
import { load, SmxcError } from "smxc/runtime";

async function work() {
  const network = await load("nsr-x3", { target: "wasm" });
  const picture = { width: 12, height: 9, channels: 3, bitDepth: 8, data: new Uint8Array(12 * 9 * 3).fill(128) };
  const { image } = await network.restore(picture);
  await network.release();
  const refused = await load("nsr-x33", { target: "wasm" }).catch((cause) => cause);
  const code = refused instanceof SmxcError ? refused.diagnostics[0].code : String(refused);
  return `${image.width}x${image.height}, ${network.format.task}, ${code}`;
}

work().then(
  (text) => {
    document.title = text;
  },
  (cause) => {
    document.title = `failed: ${cause}`;
  },
);
