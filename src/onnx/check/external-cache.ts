import type { ExternalDataFile, ExternalDataFolder, ExternalDataState } from "./external-folder.js";

/** A folder that is asked once for what many tensors share; `close` when the check is over. */
export interface CachedFolder extends ExternalDataFolder {
  close(): Promise<void>;
}

/** Keeps the file that was opened last open, since the tensors of a model mostly lie in one. Its own `close` waits. */
export function cachedFolder(folder: ExternalDataFolder): CachedFolder {
  const states = new Map<string, Promise<ExternalDataState>>();
  let opened: { readonly location: string; readonly file: Promise<ExternalDataFile | null> } | null = null;
  const close = async (): Promise<void> => {
    const file = await opened?.file;
    opened = null;
    await file?.close();
  };
  return {
    close,
    state: (location) => {
      const known = states.get(location) ?? folder.state(location);
      states.set(location, known);
      return known;
    },
    open: async (location) => {
      if (opened?.location !== location) {
        await close();
        opened = { location, file: folder.open(location) };
      }
      const file = await opened.file;
      return file === null ? null : { size: file.size, read: file.read, close: async () => {} };
    },
  };
}
