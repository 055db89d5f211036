/** The pictures that were given as a row of small ones, when there are several. */
import { byId, make } from "../dom.js";
import type { Item, Queue } from "./queue.js";

const strip = byId("strip", HTMLUListElement);
const SIDE = 96;

interface Entry {
  readonly element: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly state: HTMLSpanElement;
  readonly remove: HTMLButtonElement;
}

const entries = new Map<number, Entry>();

export interface StripActions {
  show(item: Item): void;
  remove(item: Item): void;
  /** How the settings are called now: results of others are marked. */
  settings(): string;
}

export function showStrip(queue: Queue, actions: StripActions): void {
  const { items, current } = queue;
  strip.hidden = items.length < 2;
  for (const [id, { element }] of entries) {
    if (items.some((item) => item.id === id)) continue;
    element.remove();
    entries.delete(id);
  }
  for (const item of items) {
    const { button, state, remove } = entries.get(item.id) ?? addEntry(item, actions);
    const text = stateText(item, actions.settings());
    state.textContent = text;
    state.dataset.state = item.result !== undefined && item.state === "idle" ? "done" : item.state;
    button.setAttribute("aria-label", `${item.name}: ${text}`);
    button.setAttribute("aria-current", String(item === current));
    remove.disabled = item.state === "running";
  }
}

function stateText({ state, result }: Item, settings: string): string {
  if (state !== "idle") return STATES[state];
  if (result === undefined) return "not restored";
  return result.settings === settings ? "done" : "other settings";
}

const STATES = { waiting: "waiting", running: "in work", failed: "failed" } as const;

function addEntry(item: Item, { show, remove }: StripActions): Entry {
  const image = make("canvas", { width: String(SIDE), height: String(SIDE), "aria-hidden": "true" });
  const state = make("span", { class: "state", "aria-hidden": "true" });
  const button = make("button", { type: "button", class: "thumbnail", title: item.name }, image, state);
  const cross = make("button", { type: "button", class: "remove", "aria-label": `Remove ${item.name}` }, "×");
  const element = make("li", {}, button, cross);
  button.addEventListener("click", () => show(item));
  cross.addEventListener("click", () => {
    remove(item);
    const next = strip.querySelector<HTMLButtonElement>('[aria-current="true"]');
    (strip.hidden || next === null ? byId("stage", HTMLElement) : next).focus();
  });
  strip.append(element);
  const entry = { element, button, state, remove: cross };
  entries.set(item.id, entry);
  void drawSmall(image, item.file);
  return entry;
}

/** What of a picture fills a square; nothing of what is no picture, which is shown elsewhere. */
async function drawSmall(canvas: HTMLCanvasElement, file: Blob): Promise<void> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => undefined);
  if (bitmap === undefined) return;
  const factor = SIDE / Math.min(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width * factor, bitmap.height * factor];
  canvas.getContext("2d")!.drawImage(bitmap, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  bitmap.close();
}
