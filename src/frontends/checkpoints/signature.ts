/** How architectures are told apart: by names of tensors, as data. */

/**
 * One naming of an architecture. Names are as in the checkpoint; `*` stands for a whole number.
 *
 * Example: `body.*.rdb1.conv1.weight`.
 */
export interface Signature {
  /** Each is found at least once. The first is also what the prefix of all names is found by. */
  readonly all: readonly [string, ...string[]];
  /** None of these is found: they show a relative that shares the names above. */
  readonly none?: readonly string[];
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
const pattern = (template: string): string => template.split("*").map(escaped).join("[0-9]+");

/** The whole name. */
const wholeName = (template: string): RegExp => new RegExp(`^${pattern(template)}$`);

/** The templates of a signature that no name fits. */
export function missingOf({ all }: Signature, names: readonly string[]): readonly string[] {
  return all.filter((template) => !foundIn(template, names));
}

export function fits(signature: Signature, names: readonly string[]): boolean {
  return (
    missingOf(signature, names).length === 0 && !(signature.none ?? []).some((template) => foundIn(template, names))
  );
}

/** Whether a name fits the template. */
export function foundIn(template: string, names: readonly string[]): boolean {
  const expression = wholeName(template);
  return names.some((name) => expression.test(name));
}

/** Finds the first name of any of the signatures behind a prefix that ends with a dot; none is as good. */
export function landmarkOf(signatures: readonly Signature[]): RegExp {
  return new RegExp(`(?:^|\\.)(?:${signatures.map(({ all }) => pattern(all[0])).join("|")})$`);
}
