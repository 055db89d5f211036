// An application that Vite bundles: compiles a checkpoint in the browser, and restores a picture.
import { compile, importCheckpoint } from "smxc";
import { load } from "smxc/runtime";

async function work() {
  const checkpoint = await (await fetch("./checkpoint.pt")).blob();
  const { document: model, weights } = await importCheckpoint(checkpoint, { config: new Map([["patch", 24]]) });
  const network = await load({ graph: await compile(model, weights, { target: "wasm" }) }, { target: "wasm" });
  const picture = { width: 12, height: 9, channels: 3, bitDepth: 8, data: new Uint8Array(12 * 9 * 3).fill(128) };
  const { image } = await network.restore(picture);
  const graph = await compile(model, weights);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", graph));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${image.width}x${image.height} ${sha256}`;
}

work().then(
  (text) => {
    document.title = text;
  },
  (cause) => {
    document.title = `failed: ${cause}`;
  },
);
