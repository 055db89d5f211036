/** The original and the restored picture over each other, with a divider between them. */
import { byId } from "./dom.js";
import type { Pixels } from "./engine/protocol.js";
import { paint } from "./picture.js";

const stage = byId("stage", HTMLDivElement);
const scroller = byId("scroller", HTMLElement);
const sheet = byId("sheet", HTMLDivElement);
const divider = byId("divider", HTMLDivElement);
const slider = byId("slider", HTMLInputElement);
const zoom = byId("zoom", HTMLSelectElement);
const restoredTag = byId("label-restored", HTMLSpanElement);
const original = byId("original", HTMLCanvasElement);
export const restored = byId("restored", HTMLCanvasElement);

/** Of the picture as it is shown at 100 %: that of the restored one, or what it will be. */
let size = { width: 1, height: 1 };

/** @param scale by which the network enlarges, so that the picture stays in place when it is restored */
export function showOriginal(pixels: Pixels, scale: number): void {
  paint(original, pixels);
  original.hidden = false;
  original.setAttribute("aria-label", `Original picture, ${pixels.width} × ${pixels.height} pixels`);
  size = { width: pixels.width * scale, height: pixels.height * scale };
  setRestored(false);
  layOut();
}

export function showRestored(pixels: Pixels): void {
  paint(restored, pixels);
  restored.setAttribute("aria-label", `Restored picture, ${pixels.width} × ${pixels.height} pixels`);
  size = pixels;
  setRestored(true);
  layOut();
}

function setRestored(shown: boolean): void {
  restored.hidden = !shown;
  divider.hidden = !shown;
  restoredTag.hidden = !shown;
  slider.disabled = !shown;
  stage.classList.toggle("compared", shown);
}

function layOut(): void {
  const fit = Math.min(scroller.clientWidth / size.width, scroller.clientHeight / size.height);
  const factor = zoom.value === "fit" ? fit : Number(zoom.value) / devicePixelRatio;
  sheet.style.width = `${size.width * factor}px`;
  sheet.style.height = `${size.height * factor}px`;
  scroller.tabIndex = zoom.value === "fit" ? -1 : 0;
  stage.classList.toggle("zoomed", zoom.value !== "fit");
  divide();
}

/** The part of the stage that the picture fills, from its left edge. */
function visiblePart(): { readonly left: number; readonly right: number } {
  const left = Math.max(0, sheet.offsetLeft - scroller.scrollLeft);
  const right = Math.min(scroller.clientWidth, sheet.offsetLeft - scroller.scrollLeft + sheet.offsetWidth);
  return { left, right };
}

function divide(): void {
  const { left, right } = visiblePart();
  const at = left + (slider.valueAsNumber / 100) * (right - left);
  divider.style.left = `${at}px`;
  const cut = at + scroller.scrollLeft - sheet.offsetLeft;
  restored.style.clipPath = `inset(0 0 0 ${Math.max(0, cut)}px)`;
  slider.setAttribute("aria-valuetext", `${slider.value} % original`);
}

/** Dragging over a fitted picture moves the divider, over a zoomed one the picture. */
function followPointer(): void {
  let from: { readonly x: number; readonly y: number; readonly left: number; readonly top: number } | undefined;
  scroller.addEventListener("pointerdown", (event) => {
    const zoomed = stage.classList.contains("zoomed");
    // Fingers scroll by themselves.
    if (event.button !== 0 || (zoomed && event.pointerType === "touch")) return;
    from = { x: event.clientX, y: event.clientY, left: scroller.scrollLeft, top: scroller.scrollTop };
    scroller.setPointerCapture(event.pointerId);
    if (!zoomed) moveDivider(event);
  });
  scroller.addEventListener("pointermove", (event) => {
    if (from === undefined) return;
    if (stage.classList.contains("zoomed")) {
      scroller.scrollTo(from.left - (event.clientX - from.x), from.top - (event.clientY - from.y));
    } else moveDivider(event);
  });
  for (const end of ["pointerup", "pointercancel"] as const) {
    scroller.addEventListener(end, () => {
      from = undefined;
    });
  }
}

function moveDivider({ clientX }: PointerEvent): void {
  if (slider.disabled) return;
  const { left, right } = visiblePart();
  const at = (clientX - stage.getBoundingClientRect().left - left) / (right - left);
  slider.valueAsNumber = Math.round(100 * Math.min(1, Math.max(0, at)));
  divide();
}

slider.addEventListener("input", divide);
zoom.addEventListener("change", layOut);
scroller.addEventListener("scroll", divide);
new ResizeObserver(layOut).observe(scroller);
followPointer();
