/** Text in a form that machines read, in which every name is escaped by the rules of that form. */

/** Made by a template of its form only, so that no name comes into it as it is. */
export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Text that holds no names, or in which they are escaped. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

type Value = string | number | Markup | readonly Markup[];

/** A template tag whose values are escaped, unless they are of the form already. */
export function markupBy(escapeText: (text: string) => string) {
  const shown = (value: Value): string => {
    if (value instanceof Markup) return value.text;
    return typeof value === "object" ? value.map(shown).join("") : escapeText(String(value));
  };
  return (literals: TemplateStringsArray, ...values: readonly Value[]): Markup =>
    Markup.trusted(
      literals.map((literal, at) => (at < values.length ? literal + shown(values[at]!) : literal)).join(""),
    );
}
