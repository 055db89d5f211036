/** Results as files: one, all as a zip archive, or all into a folder where the browser can write one. */
import { byId, saveFile } from "../dom.js";
import type { Item, Queue } from "./queue.js";
import { distinctNames, type ZipFile, zipOf } from "./zip.js";

const saveButton = byId("save", HTMLButtonElement);
const zipButton = byId("save-zip", HTMLButtonElement);
const folderButton = byId("save-folder", HTMLButtonElement);

interface FolderHandle {
  getFileHandle(name: string, options: { readonly create: true }): Promise<FileHandle>;
}

interface FileHandle {
  createWritable(): Promise<WritableStream<Uint8Array>>;
}

/** Browsers that can write into a folder have it. */
const { showDirectoryPicker: pickFolder } = window as Window & {
  readonly showDirectoryPicker?: (options: { readonly mode: "readwrite" }) => Promise<FolderHandle>;
};

export function showSaves({ items, current }: Queue): void {
  const done = results(items).length;
  saveButton.disabled = current?.result === undefined;
  zipButton.hidden = items.length < 2;
  zipButton.disabled = done === 0;
  folderButton.hidden = items.length < 2 || pickFolder === undefined;
  folderButton.disabled = done === 0;
}

/** @param fail receives what a folder could not take */
export function onSaves(queue: Queue, fail: (cause: unknown) => void): void {
  saveButton.addEventListener("click", () => {
    const result = queue.current?.result;
    if (result !== undefined) saveFile(`${result.fileName}.png`, result.png);
  });
  zipButton.addEventListener("click", async () => saveFile("restored.zip", await zipOf(results(queue.items))));
  folderButton.addEventListener("click", () => {
    void saveFolder(results(queue.items)).catch((cause: unknown) => {
      // The user changed their mind.
      if (!(cause instanceof DOMException && cause.name === "AbortError")) fail(cause);
    });
  });
}

async function saveFolder(files: readonly ZipFile[]): Promise<void> {
  const folder = await pickFolder!({ mode: "readwrite" });
  for (const { name, blob } of files) {
    const file = await folder.getFileHandle(name, { create: true });
    await blob.stream().pipeTo(await file.createWritable());
  }
}

function results(items: readonly Item[]): readonly ZipFile[] {
  const found = items.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const names = distinctNames(found.map(({ fileName }) => `${fileName}.png`));
  return found.map(({ png }, index) => ({ name: names[index]!, blob: png }));
}
