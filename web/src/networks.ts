/** The choice of networks: those that come with the page, and one of the user's. */
import { byId, chosen, make } from "./dom.js";
import type { ModelFiles, ModelInfo } from "./engine/protocol.js";
import { filesOf, SHIPPED, type ShippedNetwork } from "./shipped.js";

const fieldset = byId("networks", HTMLFieldSetElement);
const OWN = "own";

interface OwnNetwork {
  readonly files: ModelFiles;
  readonly info: ModelInfo;
}

let own: OwnNetwork | undefined;

/** @param onChoice is called when the user chooses another network */
export function onNetworkChoice(onChoice: () => void): void {
  fieldset.addEventListener("change", onChoice);
}

/** Adds the user's network, in place of the one before, and chooses it. */
export function listOwn(files: ModelFiles, info: ModelInfo): void {
  own = { files, info };
  fieldset.querySelector(".own-card")?.remove();
  const input = make("input", { type: "radio", name: "network", value: OWN });
  input.checked = true;
  const entry = make(
    "label",
    { class: "card own-card" },
    input,
    make("span", { class: "card-title" }, info.name),
    make("span", { class: "card-does" }, [info.format?.task, `from ${files.file.name}`].filter(Boolean).join(", ")),
  );
  fieldset.append(entry);
}

/** The network that is chosen, when it is one that came with the page. */
export function chosenShipped(): ShippedNetwork | undefined {
  return SHIPPED.find(({ name }) => name === chosen("network"));
}

export async function chosenFiles(): Promise<ModelFiles> {
  const shipped = chosenShipped();
  if (shipped !== undefined) return filesOf(shipped);
  return own!.files;
}

export function chosenName(): string {
  return chosenShipped()?.name ?? own!.info.name;
}

/** By how much the chosen network enlarges. */
export function chosenScale(): number {
  return chosenShipped()?.scale ?? own?.info.format?.scale ?? 1;
}
