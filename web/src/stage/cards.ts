/** What is said on the picture: how a run goes on, what went wrong, and what the result is of. */
import { byId } from "../dom.js";
import { estimate, timeText } from "./time-left.js";

const stage = byId("stage", HTMLElement);
const progressCard = byId("progress-card", HTMLDivElement);
const progressText = byId("progress-text", HTMLParagraphElement);
const bar = byId("progress", HTMLProgressElement);
const problemCard = byId("problem-card", HTMLDivElement);
const problemText = byId("problem", HTMLPreElement);
const noteCard = byId("note-card", HTMLDivElement);
const noteText = byId("note", HTMLParagraphElement);
const noteButton = byId("note-action", HTMLButtonElement);

/** Milliseconds between looks at the clock. */
const TICK = 250;

interface Run {
  readonly began: number;
  readonly ticks: number;
  text: string;
  done: number;
  /** What the bar shows: it never goes back when a guess gives way to what is done. */
  shown: number;
  expected: number | undefined;
}

let run: Run | undefined;

export function beginProgress(text: string): void {
  endProgress();
  hide(noteCard);
  const ticks = window.setInterval(showProgress, TICK);
  run = { began: performance.now(), ticks, text, done: 0, shown: 0, expected: undefined };
  progressCard.hidden = false;
  showProgress();
  bringIntoSight();
}

/** Another step of what is under way, from whose beginning its time counts. */
export function stepProgress(text: string, expected?: number): void {
  if (run !== undefined) {
    run = { ...run, began: performance.now(), text, done: 0, shown: 0, expected };
    showProgress();
  }
}

export function setProgress(done: number): void {
  if (run === undefined) return;
  run.done = done;
  showProgress();
}

export function endProgress(): void {
  if (run !== undefined) window.clearInterval(run.ticks);
  run = undefined;
  hide(progressCard);
}

function showProgress(): void {
  if (run === undefined) return;
  const { done, left } = estimate((performance.now() - run.began) / 1000, run.done, run.expected);
  run.shown = Math.max(run.shown, done ?? 0);
  if (done === undefined) bar.removeAttribute("value");
  else bar.value = run.shown;
  progressText.textContent = left === undefined ? run.text : `${run.text} ${timeText(left)}`;
}

export function showProblem(text: string): void {
  hide(noteCard);
  problemText.textContent = text;
  problemCard.hidden = false;
  bringIntoSight();
}

/** Where the user looks elsewhere, what is said on the picture is seen all the same. */
function bringIntoSight(): void {
  stage.scrollIntoView({ block: "nearest" });
}

export function hideProblem(): void {
  hide(problemCard);
  problemText.textContent = "";
}

/** @param action what the button beside it says and does */
export function showNote(text: string, action?: { readonly name: string; act(): void }): void {
  noteText.textContent = text;
  noteButton.hidden = action === undefined;
  noteButton.textContent = action?.name ?? "";
  noteButton.onclick = action === undefined ? null : () => action.act();
  noteCard.hidden = false;
}

export function hideNote(): void {
  hide(noteCard);
}

/** The focus is not lost with what had it. */
function hide(card: HTMLElement): void {
  const focused = card.contains(document.activeElement);
  card.hidden = true;
  if (focused) stage.focus();
}

export function onCancel(act: () => void): void {
  byId("cancel", HTMLButtonElement).addEventListener("click", act);
}

// What is longer than the card is scrolled by keys.
problemText.tabIndex = 0;
byId("problem-close", HTMLButtonElement).addEventListener("click", hideProblem);
stage.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") hideProblem();
});
