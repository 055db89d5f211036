/** The work: one picture of the queue after the other through the chosen network. */
import { Cancelled, type Engine } from "./engine/engine.js";
import type { CompileSettings, ModelFiles, ModelInfo, ResultTile } from "./engine/protocol.js";
import { diagnosticsText, resultTooLarge } from "./errors.js";
import { chosenNetwork, type Network, showSpeed } from "./networks/choice.js";
import type { OnnxFile } from "./networks/save-onnx.js";
import { Pace } from "./pictures/pace.js";
import { type Picture, pngOfPixels, readPicture } from "./pictures/picture.js";
import type { Item, Queue, Result } from "./pictures/queue.js";
import { PROVIDERS, runText } from "./pictures/run-text.js";
import { problemText } from "./problem.js";
import { runSettings, settingsText } from "./settings.js";
import { beginProgress, endProgress, setProgress, stepProgress } from "./stage/cards.js";

/** Samples of a result that a page can hold several times. */
const MOST_PIXELS = 2 ** 26;

export interface WorkWatcher {
  /** A part of the result of the picture in work. */
  onTile(item: Item, tile: ResultTile): void;
  onProblem(text: string): void;
}

/** What a run depends on, as it is compared. */
export function settingsKey(): string {
  return `${chosenNetwork().id} ${settingsText()}`;
}

export class Work {
  private readonly engine: Engine;
  private readonly queue: Queue;
  private readonly watcher: WorkWatcher;
  /** What the engine has open. */
  private open: ModelFiles | undefined;
  /** Counts what was begun: only the last may say something. */
  private last = 0;
  private busy = false;
  private readonly pace = new Pace();

  constructor(engine: Engine, queue: Queue, watcher: WorkWatcher) {
    this.engine = engine;
    this.queue = queue;
    this.watcher = watcher;
  }

  /** Goes on with the next picture that waits, unless one is in work. */
  async go(): Promise<void> {
    if (this.queue.running() !== undefined) return;
    const item = this.queue.next();
    if (item === undefined) return;
    const mine = this.begin(`${item.name}: reading…`);
    this.queue.change(item, { state: "running", problem: undefined });
    try {
      const result = await this.restore(item, mine);
      if (mine !== this.last) return;
      this.end();
      this.queue.change(item, { state: "idle", result });
    } catch (cause) {
      if (mine !== this.last) return;
      this.end();
      if (cause instanceof Cancelled) this.queue.change(item, { state: "idle" });
      else this.queue.change(item, { state: "failed", problem: await this.textOf(cause) });
    }
    await this.go();
  }

  /** Ends the run that is on, if there is one. @returns its picture */
  stop(): Item | undefined {
    if (!this.busy) return undefined;
    const item = this.queue.running();
    this.last++;
    this.engine.cancel();
    this.end();
    if (item !== undefined) this.queue.change(item, { state: "idle" });
    return item;
  }

  /** Opens a network of the user's. @returns what is said of it; undefined when it cannot be, which is shown to the user */
  async openOwn(files: ModelFiles): Promise<ModelInfo | undefined> {
    const mine = this.begin(`Reading ${files.file.name}…`);
    this.open = undefined;
    try {
      const info = await this.engine.open(files);
      this.open = files;
      return info;
    } catch (cause) {
      if (mine === this.last && !(cause instanceof Cancelled)) this.watcher.onProblem(await problemText(cause, files));
      return undefined;
    } finally {
      if (mine === this.last) this.end();
    }
  }

  async compile(settings: CompileSettings): Promise<OnnxFile | undefined> {
    const network = chosenNetwork();
    const mine = this.begin(`Compiling ${network.title}…`);
    try {
      const files = await this.openNetwork(network);
      const bytes = await this.engine.compile(settings);
      return { stem: files.file.name.replace(/\.[^.]*$/, ""), bytes };
    } catch (cause) {
      if (mine === this.last && !(cause instanceof Cancelled)) this.watcher.onProblem(await this.textOf(cause));
      return undefined;
    } finally {
      if (mine === this.last) this.end();
    }
  }

  /** @returns the number of what begins */
  private begin(text: string): number {
    this.busy = true;
    beginProgress(text);
    return ++this.last;
  }

  private end(): void {
    this.busy = false;
    endProgress();
  }

  private async restore(item: Item, mine: number): Promise<Result> {
    const network = chosenNetwork();
    const settings = settingsKey();
    const run = runSettings();
    const { name, pixels } = await this.pictureOf(item);
    const { width, height } = pixels;
    const [wide, high] = [width * network.scale, height * network.scale];
    if (wide * high > MOST_PIXELS) throw new Refused(diagnosticsText([resultTooLarge(name, wide, high, MOST_PIXELS)]));
    if (mine !== this.last) throw new Cancelled("another run started");
    stepProgress(`${name}: reading ${network.title}…`);
    await this.openNetwork(network);
    const kind = { network: `${network.id} ${run.context}`, provider: run.providers[0]! };
    const pixelCount = width * height;
    let predicted: number | undefined;
    const result = await this.engine.restore(
      { pixels, ...run },
      {
        onStage: (stage, seconds) => {
          if (mine !== this.last) return;
          predicted = seconds;
          if (stage === "loading") stepProgress(`${name}: compiling ${network.title}…`);
          else stepProgress(`${name}: restoring…`, this.pace.expected(kind, pixelCount, predicted));
        },
        onProgress: (done, total) => {
          if (mine === this.last) setProgress(done / total);
        },
        onTile: (tile) => {
          if (mine === this.last) this.watcher.onTile(item, tile);
        },
      },
    );
    if (mine === this.last) stepProgress(`${name}: writing PNG…`);
    this.pace.learn({ ...kind, provider: result.provider }, pixelCount, result.seconds, predicted);
    showSpeed(network, (1e6 * result.seconds) / pixelCount, PROVIDERS[result.provider]);
    return {
      png: await pngOfPixels(result.pixels),
      network: network.title,
      settings,
      text: runText(pixels, result),
      fileName: `${name.replace(/\.[^.]*$/, "")}-${network.name}`,
      betas: result.betas,
      patches: result.patches,
      canBeCut: result.canBeCut,
    };
  }

  private async pictureOf({ name, file }: Item): Promise<Picture> {
    const found = await readPicture(name, file);
    if ("pixels" in found) return found;
    throw new Refused(diagnosticsText([found]));
  }

  private async openNetwork(network: Network): Promise<ModelFiles> {
    const files = await network.files();
    if (this.open !== files) await this.engine.open(files);
    this.open = files;
    return files;
  }

  private async textOf(cause: unknown): Promise<string> {
    if (cause instanceof Refused) return cause.message;
    return problemText(
      cause,
      await chosenNetwork()
        .files()
        .catch(() => undefined),
    );
  }
}

/** What is said as it is. */
class Refused extends Error {
  override readonly name = "Refused";
}
