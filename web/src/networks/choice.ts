/** The networks to choose from, as cards: those that come with the page, and the user's. */
import { byId, chosen, make } from "../dom.js";
import type { ModelFiles, ModelInfo } from "../engine/protocol.js";
import { filesOf, SHIPPED, type ShippedNetwork } from "./shipped.js";

const fieldset = byId("networks", HTMLFieldSetElement);

export interface Network {
  /** The value of its choice. */
  readonly id: string;
  /** What the user calls it, and what files of its results are called after. */
  readonly title: string;
  readonly name: string;
  /** By how much it enlarges. */
  readonly scale: number;
  readonly shipped: ShippedNetwork | undefined;
  /** A graph is compiled already. */
  readonly kind: ModelFiles["kind"];
  files(): Promise<ModelFiles>;
}

const networks = new Map<string, Network>();

function list(network: Network): void {
  networks.set(network.id, network);
}

for (const shipped of SHIPPED) {
  const { name, scale, bytes } = shipped;
  const card = cardOf(name)!;
  const title = card.querySelector(".card-title")!.textContent;
  list({ id: name, title, name, scale, shipped, kind: "document", files: once(() => filesOf(shipped)) });
  card.querySelector(".card-size")!.append(...sizeAndSpeed(bytes));
}

/** Asks again only after a failure. */
function once<T>(get: () => Promise<T>): () => Promise<T> {
  let got: Promise<T> | undefined;
  return () => {
    got ??= get().catch((cause: unknown) => {
      got = undefined;
      throw cause;
    });
    return got;
  };
}

/** @param onChoice is called when the user chooses another network */
export function onNetworkChoice(onChoice: () => void): void {
  fieldset.addEventListener("change", onChoice);
}

/** Adds a network of the user's, in place of an earlier one of the same file, and chooses it. */
export function listOwn(files: ModelFiles, { name, format, bytes }: ModelInfo): Network {
  const id = `own:${files.file.name}`;
  const network: Network = {
    id,
    title: name,
    name,
    scale: format?.scale ?? 1,
    shipped: undefined,
    kind: files.kind,
    files: async () => files,
  };
  list(network);
  cardOf(id)?.remove();
  const does = format === undefined ? "needs other inputs besides a picture" : (format.task ?? taskOf(format.scale));
  addCard(id, name, `${does}, from ${files.file.name}`, bytes).checked = true;
  return network;
}

function taskOf(scale: number): string {
  return scale === 1 ? "restores at the same size" : `enlarges ×${scale}`;
}

export function chosenNetwork(): Network {
  return networks.get(chosen("network"))!;
}

/** @param seconds for a million pixels of pictures, as it was measured */
export function showSpeed({ id }: Network, seconds: number, where: string): void {
  const speed = cardOf(id)?.querySelector<HTMLElement>(".card-speed");
  if (!speed) return;
  speed.textContent = ` · ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s per megapixel`;
  speed.title = `measured here on ${where}`;
}

function cardOf(id: string): HTMLElement | undefined {
  return [...fieldset.querySelectorAll("input")].find(({ value }) => value === id)?.closest("label") ?? undefined;
}

function addCard(id: string, title: string, does: string, bytes: number): HTMLInputElement {
  const input = make("input", { type: "radio", name: "network", value: id });
  const card = make(
    "label",
    { class: "card" },
    input,
    make("span", { class: "card-title" }, title),
    make("span", { class: "card-does" }, does),
    make("span", { class: "card-size" }, ...sizeAndSpeed(bytes)),
  );
  byId("network-cards", HTMLDivElement).append(card);
  return input;
}

function sizeAndSpeed(bytes: number): readonly (Node | string)[] {
  return [sizeText(bytes), make("span", { class: "card-speed" })];
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
