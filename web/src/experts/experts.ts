/** The expert view: one sentence, patches in colours, then the table. */
import { byId, make } from "../dom.js";
import type { PatchShares } from "../engine/protocol.js";
import type { Result } from "../pictures/queue.js";
import { showOverlay } from "../stage/stage.js";
import { paintPatches } from "./paint-patches.js";
import { COLOURS } from "./patch-colours.js";
import { movement, routersSentence } from "./sentence.js";
import { showTable } from "./table.js";

const sentence = byId("experts-text", HTMLParagraphElement);
const patchFields = byId("patch-fields", HTMLDivElement);
const colour = byId("colour-patches", HTMLInputElement);
const layer = byId("patch-layer", HTMLSelectElement);
const legend = byId("patch-legend", HTMLUListElement);
const noPatches = byId("no-patches", HTMLDivElement);

const PREFIX = "beta.";

let patches: PatchShares | undefined;

export function showExperts(result: Result | undefined): void {
  patches = result?.patches;
  const betas = result?.betas ?? [];
  sentence.textContent = result === undefined ? NOTHING : routersSentence(betas);
  patchFields.hidden = patches === undefined;
  noPatches.hidden = result?.canBeCut !== true;
  if (patches !== undefined) {
    // The layer that shows most comes first.
    const names = betas.toSorted((a, b) => movement(b) - movement(a)).map(({ name }) => name);
    layer.replaceChildren(...names.map((name) => new Option(name.slice(PREFIX.length), name)));
  }
  showPatches();
  showTable(betas, result?.fileName ?? "");
}

const NOTHING = "After a picture is restored, this shows what the network chose for it.";

function showPatches(): void {
  const shown = colour.checked ? patches : undefined;
  showOverlay(shown && ((context) => paintPatches(context, shown, layer.value)));
  const experts = patches?.routers.get(layer.value)?.experts ?? 0;
  legend.replaceChildren(
    ...Array.from({ length: experts }, (_, e) => {
      const swatch = make("span", { class: "swatch", "aria-hidden": "true" });
      swatch.style.backgroundColor = COLOURS[e % COLOURS.length]!;
      return make("li", {}, swatch, `expert ${e + 1}`);
    }),
  );
}

/** @param act is called when the user wants each patch to be looked at */
export function onLookAtPatches(act: () => void): void {
  byId("look-at-patches", HTMLButtonElement).addEventListener("click", act);
}

for (const field of [colour, layer]) field.addEventListener("change", showPatches);
