/** The name of a model that was imported: that of the file it was in. */

/** Longer ones are no help to a reader. */
const LONGEST = 80;

/**
 * The stem of a file's name, as a model's name: letters, digits and `. _ + -`; what is anything else becomes a hyphen.
 *
 * @param file its name or path, with whichever slashes
 * @returns undefined where nothing of it can be in a name
 */
export function modelNameOf(file: string): string | undefined {
  const base = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
  const stem = base.replace(ENDINGS, "");
  const name = [...stem.normalize("NFC").replace(/[^\p{L}\p{N}\p{M}._+-]+/gu, "-")].slice(0, LONGEST).join("");
  const trimmed = name.replace(/^[-.]+|[-.]+$/g, "");
  return trimmed === "" ? undefined : trimmed;
}

/** What people end names of checkpoints with; another dot may be a part of the name, as in `x4plus-v1.5`. */
const ENDINGS = /(?:\.(?:pth?|ckpt|bin|tar|safetensors))+$/i;
