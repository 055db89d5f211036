/** The page's elements, by id and with their types. */

export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`the page has no ${type.name} "${id}"`);
  return element;
}

/** The value of the radio button that is chosen. */
export function chosen(name: string): string {
  const input = document.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`);
  if (input === null) throw new TypeError(`no choice "${name}"`);
  return input.value;
}

/** A new element with attributes and content; text stays text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/** Lets the browser save bytes as a file. */
export function saveFile(name: string, blob: Blob): void {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Shows a button that saves a file, instead of the one that it saved before. */
export function offerFile(button: HTMLButtonElement, name: string, blob: Blob): void {
  button.onclick = () => saveFile(name, blob);
  button.hidden = false;
}

export function withdrawFile(button: HTMLButtonElement): void {
  button.onclick = null;
  button.hidden = true;
}
