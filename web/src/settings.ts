/** What the user sets beside the network: where it runs, what its routers see, how checkpoints are read. */
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { configValue } from "../../src/frontends/checkpoints/config.js";
import { type Adapter, CHOICES } from "./adapter.js";
import { byId, chosen } from "./dom.js";
import type { ImportSettings, RestoreRequest, WebProvider } from "./engine/protocol.js";
import { badSetting } from "./errors.js";

const setField = byId("set", HTMLInputElement);
const archField = byId("arch", HTMLSelectElement);
const keyField = byId("key", HTMLInputElement);
const providerNote = byId("provider-note", HTMLParagraphElement);

/** The names that `--arch` takes; a test holds them equal to the importers'. */
const ARCHITECTURES = [
  "rrdb",
  "edsr",
  "rcan",
  "dncnn",
  "span",
  "nsr",
  "compact",
  "sparse-block",
  "odconv",
  "dynamic-conv",
  "condconv",
  "modulated-conv",
  "nsr-conv",
] as const;

for (const name of ARCHITECTURES) archField.append(new Option(name, name));

let automatic: readonly WebProvider[] = CHOICES.none.automatic;

export function showAdapter(adapter: Adapter): void {
  automatic = CHOICES[adapter].automatic;
  providerNote.textContent = CHOICES[adapter].note;
  document.querySelector<HTMLInputElement>('input[name="provider"][value="webgpu"]')!.disabled = adapter === "none";
}

/** Where to run, and what β is pooled over. */
export function runSettings(): Pick<RestoreRequest, "providers" | "context"> {
  const wanted = chosen("provider");
  return {
    providers: wanted === "webgpu" || wanted === "wasm" ? [wanted] : automatic,
    context: chosen("context") === "whole" ? "whole" : "trained",
  };
}

/** The same, as it is compared: what is chosen, not what follows from the adapter. */
export function settingsText(): string {
  return `${chosen("provider")} ${chosen("context")}`;
}

/** Chooses that routers look at each patch, as the user does. */
export function choosePatches(): void {
  const choice = document.querySelector<HTMLInputElement>('input[name="context"][value="trained"]')!;
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @param onChoice is called when a run would now be another */
export function onRunSettings(onChoice: () => void): void {
  for (const id of ["provider-choice", "context-choice"])
    byId(id, HTMLFieldSetElement).addEventListener("change", onChoice);
}

/** What the fields say, as `smxc import` takes it; or what is wrong with them. */
export function importSettings(): ImportSettings | Diagnostic {
  const pairs = setField.value.split(/[\s,]+/).filter((text) => text !== "");
  const bad = pairs.find((text) => text.indexOf("=") < 1);
  if (bad !== undefined) return badSetting(bad);
  const config = new Map(
    pairs.map((text) => [text.slice(0, text.indexOf("=")), configValue(text.slice(text.indexOf("=") + 1))] as const),
  );
  const key = keyField.value.trim();
  return {
    config,
    ...(archField.value === "" ? {} : { arch: archField.value }),
    ...(key === "" ? {} : { key }),
  };
}
