/** The picture before and after, over each other: what is shown, how large, and where it is divided. */
import { byId } from "../dom.js";
import type { Pixels, ResultTile } from "../engine/protocol.js";
import { paint } from "../pictures/picture.js";
import { centred, fitFactor, kept, moved, type Point, type Size, type View, zoomedAt } from "./view.js";

const stage = byId("stage", HTMLElement);
const before = byId("before", HTMLCanvasElement);
const after = byId("after", HTMLCanvasElement);
const overlay = byId("patches", HTMLCanvasElement);
const afterLayer = byId("after-layer", HTMLDivElement);
const divider = byId("divider", HTMLDivElement);
const beforeTag = byId("tag-before", HTMLSpanElement);
const afterTag = byId("tag-after", HTMLSpanElement);
const zoomText = byId("zoom-text", HTMLOutputElement);

/** Larger than this, pictures are not shown at first. */
const MOST_AT_FIRST = 2;
const STEP = 1.25;

/** Of the result, or what it will be. */
let size: Size = { width: 1, height: 1 };
let view: View = { factor: 1, x: 0, y: 0 };
/** What the view is to stay at when the stage changes its size; undefined once the user has moved it. */
let wanted: number | "fit" | undefined = "fit";
/** The divider's place, as a share of the stage's width. */
let divided = 0.5;

const room = (): Size => ({ width: stage.clientWidth, height: stage.clientHeight });

/**
 * @param scale by which the network enlarges, so that the picture stays in place when it is restored
 * @param zoom pixels of the screen per pixel of the result; by default what fits
 */
export function showBefore(pixels: Pixels, scale: number, zoom?: number): void {
  paint(before, pixels);
  before.setAttribute("aria-label", `Before: ${pixels.width} × ${pixels.height} pixels`);
  before.hidden = false;
  setSize({ width: pixels.width * scale, height: pixels.height * scale }, zoom);
  hideAfter();
}

/** The view stays where it is when the same picture is enlarged otherwise. */
export function rescale(scale: number): void {
  const next = { width: before.width * scale, height: before.height * scale };
  if (next.width === size.width) return;
  const by = size.width / next.width;
  size = next;
  show({ ...view, factor: view.factor * by });
}

export function hideAfter(): void {
  setCompared(false);
}

/** Room for a result that comes tile by tile. */
export function showTile(tile: ResultTile): void {
  if (after.hidden || after.width !== size.width || after.height !== size.height) {
    after.width = size.width;
    after.height = size.height;
    after.setAttribute("aria-label", "After: in progress");
    setCompared(true);
  }
  after.getContext("2d")!.putImageData(new ImageData(tile.data, tile.width, tile.height), tile.left, tile.top);
}

export function showAfter(pixels: Pixels): void {
  paint(after, pixels);
  after.setAttribute("aria-label", `After: ${pixels.width} × ${pixels.height} pixels`);
  rescale(pixels.width / before.width);
  setCompared(true);
  show(view);
}

/** A picture over the result, in pixels of what is restored; none: nothing. */
export function showOverlay(draw: ((context: CanvasRenderingContext2D) => void) | undefined): void {
  overlay.hidden = draw === undefined;
  if (draw === undefined) return;
  overlay.width = before.width;
  overlay.height = before.height;
  draw(overlay.getContext("2d")!);
  show(view);
}

export function zoomBy(factor: number, at: Point = middle()): void {
  wanted = undefined;
  show(zoomedAt(view, view.factor * factor, at));
}

export const zoomIn = (): void => zoomBy(STEP);
export const zoomOut = (): void => zoomBy(1 / STEP);

/** @param zoom pixels of the screen per pixel of the result, or what fits */
export function zoomTo(zoom: number | "fit"): void {
  wanted = zoom;
  if (zoom === "fit") show(centred(room(), size, fitFactor(room(), size)));
  else show(zoomedAt(view, zoom / devicePixelRatio, middle()));
}

export function moveBy(by: Point): void {
  wanted = undefined;
  show(moved(view, by));
}

/** @param share of the stage's width, from its left edge */
export function divideAt(share: number): void {
  divided = Math.min(1, Math.max(0, share));
  showDivider();
}

export const dividedAt = (): number => divided;

function setSize(next: Size, zoom: number | undefined): void {
  size = next;
  const fit = fitFactor(room(), size);
  const factor = zoom === undefined ? Math.min(fit, MOST_AT_FIRST / devicePixelRatio) : zoom / devicePixelRatio;
  wanted = zoom ?? (factor === fit ? "fit" : factor * devicePixelRatio);
  show(centred(room(), size, factor));
}

function setCompared(is: boolean): void {
  after.hidden = !is;
  divider.hidden = !is;
  afterTag.hidden = !is;
  beforeTag.hidden = !is;
  showDivider();
}

function show(next: View): void {
  view = kept(room(), size, next);
  for (const canvas of [before, after, overlay]) {
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    canvas.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.factor})`;
    canvas.classList.toggle("crisp", view.factor * devicePixelRatio >= 4);
  }
  zoomText.textContent = `${Math.round(100 * view.factor * devicePixelRatio)} %`;
}

function showDivider(): void {
  const share = `${100 * divided}%`;
  divider.style.left = share;
  afterLayer.style.clipPath = `inset(0 0 0 ${share})`;
  const text = `${Math.round(100 * divided)} % before`;
  divider.setAttribute("aria-valuenow", String(Math.round(100 * divided)));
  divider.setAttribute("aria-valuetext", text);
}

function middle(): Point {
  return { x: room().width / 2, y: room().height / 2 };
}

new ResizeObserver(() => {
  if (wanted === "fit") zoomTo("fit");
  else if (wanted !== undefined) show(centred(room(), size, wanted / devicePixelRatio));
  else show(view);
}).observe(stage);
showDivider();
