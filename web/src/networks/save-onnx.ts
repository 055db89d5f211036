/** The chosen network as an ONNX file, compiled for where it is to run. */
import type { Target } from "../../../src/lowerings/targets.js";
import { byId, saveFile } from "../dom.js";
import type { CompileSettings } from "../engine/protocol.js";
import type { Network } from "./choice.js";

const button = byId("save-onnx", HTMLButtonElement);
const target = byId("target", HTMLSelectElement);
const exposeBeta = byId("expose-beta", HTMLInputElement);

/** A graph is compiled already. */
export function offerOnnx({ kind }: Network): void {
  button.disabled = kind === "graph";
}

/** @param compile gives the bytes for the chosen network, or undefined where that failed, which is shown to the user */
export function onSaveOnnx(compile: (settings: CompileSettings) => Promise<OnnxFile | undefined>): void {
  button.addEventListener("click", async () => {
    const made = await compile({ target: target.value as Target, exposeBeta: exposeBeta.checked });
    if (made === undefined) return;
    saveFile(`${made.stem}.onnx`, new Blob([made.bytes], { type: "application/octet-stream" }));
  });
}

export interface OnnxFile {
  readonly stem: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
