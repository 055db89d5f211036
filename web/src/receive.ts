/** Files that are dropped on the page, pasted or picked. */
import { byId } from "./dom.js";

const hint = byId("drop-hint", HTMLParagraphElement);

export function acceptFiles(take: (files: readonly File[]) => void): void {
  pickWith("pick", "picture-files", take);
  pickWith("pick-network", "network-files", take);
  document.addEventListener("paste", ({ clipboardData }) => giveAll(clipboardData?.files, take));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    hint.hidden = false;
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) hint.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    hint.hidden = true;
    giveAll(event.dataTransfer?.files, take);
  });
}

function pickWith(button: string, field: string, take: (files: readonly File[]) => void): void {
  const input = byId(field, HTMLInputElement);
  byId(button, HTMLButtonElement).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    giveAll(input.files, take);
    // So that the same file can be chosen again.
    input.value = "";
  });
}

function giveAll(files: FileList | null | undefined, take: (files: readonly File[]) => void): void {
  if (files && files.length > 0) take([...files]);
}
