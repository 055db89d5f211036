/** The page: what the user does, and what follows from it. */
import { type Adapter, CHOICES, findAdapter } from "./adapter.js";
import { showBetas } from "./beta-map.js";
import { restored, showOriginal, showRestored } from "./compare.js";
import { byId, chosen, saveFile } from "./dom.js";
import { Cancelled, Engine } from "./engine/engine.js";
import type { ModelFiles, RestoreResult, WebProvider } from "./engine/protocol.js";
import { diagnosticsText, resultTooLarge } from "./errors.js";
import { type Given, whatAre } from "./files.js";
import { chosenFiles, chosenName, chosenScale, chosenShipped, listOwn, onNetworkChoice } from "./networks.js";
import { keepForOffline } from "./offline.js";
import { compileAgain, importSettings, onCompileChoice, openOwn, showOwnProblem } from "./own-network.js";
import { type Picture, pngOf, readPicture } from "./picture.js";
import { problemText } from "./problem.js";
import { acceptFiles } from "./receive.js";
import { runText, stageText } from "./run-text.js";
import { fetchBlob } from "./shipped.js";

/** Samples of a result that a page can hold several times. */
const MOST_PIXELS = 2 ** 26;

const restoreButton = byId("restore", HTMLButtonElement);
const cancelButton = byId("cancel", HTMLButtonElement);
const downloadButton = byId("download", HTMLButtonElement);
const progress = byId("progress", HTMLProgressElement);
const status = byId("status", HTMLParagraphElement);
const problem = byId("picture-error", HTMLPreElement);
const providerNote = byId("provider-note", HTMLParagraphElement);

const engine = new Engine();
let adapter: Adapter = "none";
let picture: Picture | undefined;
/** Whether the picture is the sample of a network, which another network's sample may replace. */
let isSample = false;
/** Counts runs: only the last one may say something. */
let lastRun = 0;
/** What the engine has open. */
let inUse: { readonly name: string; readonly files: ModelFiles } | undefined;

async function showSample(): Promise<void> {
  const shipped = chosenShipped();
  if (shipped === undefined) return;
  const { name, url, credit } = shipped.sample;
  const found = await readPicture(name, await fetchBlob(url));
  if (!("pixels" in found) || chosenShipped() !== shipped) return;
  isSample = true;
  show(found);
  status.textContent = `A sample to try: ${found.pixels.width} × ${found.pixels.height} pixels, ${credit}. Or drop a picture of yours anywhere.`;
}

function show(next: Picture): void {
  picture = next;
  showOriginal(next.pixels, chosenScale());
  downloadButton.disabled = true;
  restoreButton.disabled = false;
  hideProblem();
}

async function takePicture(file: File): Promise<void> {
  const mine = abandonRun(`Reading ${file.name}…`);
  const found = await readPicture(file.name, file);
  if (mine !== lastRun) return;
  if (!("pixels" in found)) {
    showProblem(diagnosticsText([found]));
    return;
  }
  isSample = false;
  show(found);
  await run();
}

/** Ends the run that is on, if there is one, without a word. @returns the number of what comes instead */
function abandonRun(text: string): number {
  lastRun++;
  engine.cancel();
  busy(false);
  hideProblem();
  progress.value = 0;
  status.textContent = text;
  return lastRun;
}

async function run(): Promise<void> {
  if (picture === undefined) return;
  const mine = ++lastRun;
  const { name, pixels } = picture;
  const [width, height] = [pixels.width * chosenScale(), pixels.height * chosenScale()];
  if (width * height > MOST_PIXELS) {
    showProblem(diagnosticsText([resultTooLarge(name, width, height, MOST_PIXELS)]));
    return;
  }
  busy(true);
  // Without a value the bar only says that something goes on.
  progress.removeAttribute("value");
  try {
    await openChosen();
    if (mine !== lastRun) return;
    const result = await engine.restore(
      { pixels, providers: providers(), context: chosen("context") === "whole" ? "whole" : "trained" },
      {
        onStage(stage) {
          if (mine !== lastRun) return;
          status.textContent = stageText(stage);
        },
        onProgress(done, total) {
          if (mine === lastRun) progress.value = done / total;
        },
      },
    );
    if (mine === lastRun) finish(result);
  } catch (cause) {
    if (mine !== lastRun) return;
    progress.value = 0;
    if (cause instanceof Cancelled) status.textContent = "Cancelled.";
    else showProblem(await problemText(cause, inUse?.files));
  } finally {
    if (mine === lastRun) busy(false);
  }
}

async function openChosen(): Promise<void> {
  const name = chosenName();
  if (inUse?.name === name) return;
  status.textContent = "Reading the network…";
  const files = await chosenFiles();
  await engine.open(files);
  inUse = { name, files };
}

function finish(result: RestoreResult): void {
  showRestored(result.pixels);
  downloadButton.disabled = false;
  progress.value = 1;
  status.textContent = runText(picture!.pixels, result);
  showBetas(result.betas, chosenName());
}

function providers(): readonly WebProvider[] {
  const wanted = chosen("provider");
  return wanted === "webgpu" || wanted === "wasm" ? [wanted] : CHOICES[adapter].automatic;
}

function busy(is: boolean): void {
  restoreButton.disabled = is;
  cancelButton.disabled = !is;
  if (is) hideProblem();
}

function showProblem(text: string): void {
  problem.textContent = text;
  problem.hidden = false;
  status.textContent = "";
}

function hideProblem(): void {
  problem.hidden = true;
  problem.textContent = "";
}

async function take(files: readonly File[]): Promise<void> {
  const settings = importSettings();
  const given: Given =
    "config" in settings ? await whatAre(files, settings) : { kind: "refused", diagnostic: settings };
  await TAKE[given.kind](given as never);
}

const TAKE: { readonly [K in Given["kind"]]: (given: Extract<Given, { readonly kind: K }>) => Promise<void> } = {
  picture: ({ file }) => takePicture(file),
  model: ({ files }) => takeModel(files),
  refused: async ({ diagnostic }) => showOwnProblem(diagnosticsText([diagnostic])),
};

async function takeModel(files: ModelFiles): Promise<void> {
  abandonRun("");
  inUse = undefined;
  const info = await openOwn(engine, files);
  if (info === undefined) return;
  onCompileChoice(() => void compileAgain(engine, files, info));
  if (info.format === undefined) return;
  listOwn(files, info);
  inUse = { name: info.name, files };
  if (picture !== undefined) show(picture);
  status.textContent = `${info.name} is ready: restore this picture, or drop another.`;
}

onNetworkChoice(() => {
  if (isSample) void showSample();
  else if (picture !== undefined) show(picture);
});
restoreButton.addEventListener("click", () => void run());
cancelButton.addEventListener("click", () => engine.cancel());
downloadButton.addEventListener("click", async () => {
  saveFile(`${picture!.name.replace(/\.[^.]*$/, "")}-${chosenName()}.png`, await pngOf(restored));
});
acceptFiles((files) => void take(files));
void showSample().then(keepForOffline);
void findAdapter().then((found) => {
  adapter = found;
  providerNote.textContent = CHOICES[found].note;
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="provider"]')) {
    if (input.value === "webgpu") input.disabled = found === "none";
  }
});
