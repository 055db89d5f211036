/** The page: what the user does, and what follows from it. */
import { findAdapter } from "./adapter.js";
import { byId } from "./dom.js";
import { Engine } from "./engine/engine.js";
import { diagnosticsText } from "./errors.js";
import { EXAMPLE, fetchExample } from "./example.js";
import { onLookAtPatches, showExperts } from "./experts/experts.js";
import { whatAre } from "./files.js";
import { chosenNetwork, listOwn, onNetworkChoice } from "./networks/choice.js";
import { offerOnnx, onSaveOnnx } from "./networks/save-onnx.js";
import { fetchBlob } from "./networks/shipped.js";
import { keepForOffline } from "./offline.js";
import { readPicture } from "./pictures/picture.js";
import { type Item, Queue } from "./pictures/queue.js";
import { onSaves, showSaves } from "./pictures/save.js";
import { showStrip } from "./pictures/strip.js";
import { problemText } from "./problem.js";
import { acceptFiles } from "./receive.js";
import { choosePatches, importSettings, onRunSettings, showAdapter } from "./settings.js";
import { hideNote, hideProblem, onCancel, showNote, showProblem } from "./stage/cards.js";
import { followUser } from "./stage/gestures.js";
import { hideAfter, rescale, showAfter, showBefore, showTile } from "./stage/stage.js";
import { settingsKey, Work } from "./work.js";

const status = byId("status", HTMLParagraphElement);
const restoreAll = byId("restore-all", HTMLButtonElement);

const queue = new Queue(showAll);
const work = new Work(new Engine(), queue, {
  onTile: (item, tile) => {
    if (item !== queue.current) return;
    rescale(chosenNetwork().scale);
    showTile(tile);
    onStage = { item, result: "parts" };
  },
  onProblem: showProblem,
});

/** What the stage shows: a picture, and its result if it had one, or parts of one that is being made. */
let onStage: { readonly item: Item; readonly result: Item["result"] | "parts" } | undefined;
/** Counts what is decoded for the stage: only the last is shown. */
let lastShown = 0;
/** What is said, or was, of the picture that is shown. */
let shownProblem: Item["problem"];

/** After every change of the queue. */
function showAll(): void {
  const { current } = queue;
  showStrip(queue, { show: choosePicture, remove: (item) => queue.remove(item), settings: settingsKey });
  showSaves(queue);
  restoreAll.hidden = queue.items.length < 2 || !queue.items.some(isStale);
  if (current === undefined) return;
  const isOther = current.state !== "running" && onStage?.result !== current.result;
  if (onStage?.item !== current || isOther) void showOnStage(current);
  sayState(current);
}

function isStale({ state, result }: Item): boolean {
  return state === "idle" && result?.settings !== settingsKey();
}

async function showOnStage(item: Item): Promise<void> {
  const { result } = item;
  const isNew = onStage?.item !== item;
  onStage = { item, result };
  const mine = ++lastShown;
  const picture = isNew ? await readPicture(item.name, item.file) : undefined;
  const after = result && (await readPicture(item.name, result.png));
  if (mine !== lastShown) return;
  const zoom = item.credit !== undefined && result !== undefined ? EXAMPLE.zoom : undefined;
  if (picture !== undefined && "pixels" in picture) {
    const scale = after && "pixels" in after ? after.pixels.width / picture.pixels.width : chosenNetwork().scale;
    showBefore(picture.pixels, scale, zoom);
  }
  if (after !== undefined && "pixels" in after) showAfter(after.pixels);
  else hideAfter();
  showExperts(result);
}

/** What is said below and on the picture that is shown. */
function sayState(item: Item): void {
  const { state, result, problem, credit } = item;
  const about = [result?.text, credit].filter((text) => text !== undefined).join(" · ");
  setStatus(state === "running" || state === "waiting" ? "" : about);
  if (state === "failed") {
    // Once: what the user has closed stays closed while other pictures go on.
    if (shownProblem !== problem) showProblem(problem ?? "");
    shownProblem = problem;
    return;
  }
  shownProblem = undefined;
  const { title } = chosenNetwork();
  const action = { name: `Restore with ${title}`, act: () => again([item]) };
  if (!isStale(item)) hideNote();
  else if (result === undefined) showNote("Not restored.", action);
  else showNote(`This result was made with ${result.network} and the settings at that time.`, action);
}

function setStatus(text: string): void {
  if (status.textContent !== text) status.textContent = text;
}

function choosePicture(item: Item): void {
  hideProblem();
  shownProblem = undefined;
  queue.show(item);
}

/** Those that there are, each once. */
function items(...given: readonly (Item | undefined)[]): readonly Item[] {
  return [...new Set(given)].filter((item) => item !== undefined);
}

/** Puts pictures into the queue once more. */
function again(given: readonly Item[]): void {
  for (const item of given) queue.change(item, { state: "waiting", problem: undefined });
  void work.go();
}

/** Another network or another setting: the picture that is shown follows, the others say that theirs is of before. */
async function onSettings(): Promise<void> {
  hideProblem();
  const network = chosenNetwork();
  offerOnnx(network);
  const stopped = work.stop();
  const { current } = queue;
  if (current?.credit !== undefined && network.shipped !== undefined) return showSample();
  if (current === undefined) return;
  if (current.result === undefined) {
    hideAfter();
    rescale(network.scale);
  }
  again(items(current, stopped));
}

/** A photograph that shows what the chosen network is for. */
async function showSample(): Promise<void> {
  const { shipped } = chosenNetwork();
  if (shipped === undefined) return;
  const { name, url, credit } = shipped.sample;
  const file = await fetchBlob(url);
  if (chosenNetwork().shipped !== shipped || queue.items.some((item) => item.credit === undefined)) return;
  const item = queue.add(name, file, credit);
  queue.show(item);
  again([item]);
}

async function take(files: readonly File[]): Promise<void> {
  hideProblem();
  const settings = importSettings();
  if (!("config" in settings)) return showProblem(diagnosticsText([settings]));
  const { pictures, models, refused } = await whatAre(files, settings);
  if (refused.length > 0) showProblem(diagnosticsText(refused));
  if (models.length > 0) {
    const stopped = work.stop();
    let taken = false;
    for (const model of models) {
      const info = await work.openOwn(model);
      if (info === undefined) continue;
      const network = listOwn(model, info);
      offerOnnx(network);
      taken = true;
      if (info.warnings.length > 0) showProblem(diagnosticsText(info.warnings));
    }
    const shown = taken && pictures.length === 0 ? queue.current : undefined;
    again(items(shown, stopped));
  }
  if (pictures.length > 0) takePictures(pictures);
}

function takePictures(files: readonly File[]): void {
  // The page's own picture makes room.
  if (queue.running()?.credit !== undefined) work.stop();
  const added = files.map((file) => queue.add(file.name, file));
  queue.show(added[0]!);
  again(added);
}

async function showExample(): Promise<void> {
  const { before, after } = await fetchExample();
  if (queue.items.length > 0) return;
  const item = queue.add(EXAMPLE.name, before, EXAMPLE.credit);
  const text = "This is an example. Drag the divider; scroll or pinch to zoom. Drop your own pictures anywhere.";
  const network = chosenNetwork();
  queue.change(item, {
    result: {
      png: after,
      network: network.title,
      settings: settingsKey(),
      text,
      fileName: `chelsea-${network.name}`,
      betas: [],
      patches: undefined,
      canBeCut: false,
    },
  });
  queue.show(item);
}

followUser();
onNetworkChoice(() => void onSettings());
onRunSettings(() => void onSettings());
onLookAtPatches(choosePatches);
onCancel(() => {
  work.stop();
  for (const item of queue.items) if (item.state === "waiting") queue.change(item, { state: "idle" });
});
onSaves(queue, async (cause) => showProblem(await problemText(cause)));
onSaveOnnx(async (settings) => {
  const stopped = work.stop();
  const made = await work.compile(settings);
  if (stopped !== undefined) again([stopped]);
  return made;
});
restoreAll.addEventListener("click", () => again(queue.items.filter(isStale)));
acceptFiles((files) => void take(files));
void showExample().then(keepForOffline, async (cause: unknown) => showProblem(await problemText(cause)));
void findAdapter().then((adapter) => {
  showAdapter(adapter);
  showAll();
});
