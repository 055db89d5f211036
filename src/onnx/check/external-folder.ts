/** The folder of a model, as far as external data asks for it. */

/** What is at a location, without following anything that a model should not make a reader follow. */
export type ExternalDataState = "regular" | "missing" | "symlink" | "outside" | "irregular" | "hard-linked";

export interface ExternalDataFile {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Access to the folder of a model. */
export interface ExternalDataFolder {
  /** @param location a normalised relative path without `..`. */
  state(location: string): Promise<ExternalDataState>;
  /** The file, judged again after it was opened, so that a swap in between is noticed; null when it is not regular. */
  open(location: string): Promise<ExternalDataFile | null>;
}
