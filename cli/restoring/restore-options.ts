/** What the flags of `run` say of how pictures are restored. */
import type { ImageFormat } from "../../src/files/image-format.js";
import type { OptionSpec } from "../flags/command.js";
import { contextFlags, contextOptionsOf } from "../flags/context-flags.js";
import { pictureFlags, pictureOptionsOf } from "../flags/picture-flags.js";
import { alphaFlag } from "../flags/result-flags.js";
import type { NetworkOptions } from "../models/open-network.js";

const flags = { ...contextFlags, ...pictureFlags, alpha: alphaFlag };

export type RestoreOptions = {
  readonly [Key in keyof typeof flags]: (typeof flags)[Key] extends OptionSpec<infer T> ? T : never;
};

/** Flags that do not change what becomes of a picture. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(["jobs", "threads"]);

/** @param areMany whether many pictures are restored, on whatever machines: they are run at a time, with one thread each */
export function networkOptionsOf(
  options: RestoreOptions,
  areMany: boolean,
): NetworkOptions & { readonly memory: number } {
  return {
    ...contextOptionsOf(options),
    picture: pictureOptionsOf(options),
    target: options.target,
    areMany: areMany || options.selfEnsemble,
  };
}

/** All that decides what becomes of a picture, but for the model and the picture. */
export function decisiveOptions(options: RestoreOptions, format: ImageFormat): Readonly<Record<string, unknown>> {
  const decisive = Object.entries(options).filter(([key]) => !WITHOUT_EFFECT.has(key));
  return { ...Object.fromEntries(decisive), format: format.name };
}
