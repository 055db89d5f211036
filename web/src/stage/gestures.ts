/** What fingers, the wheel and keys do to the stage. */
import { byId } from "../dom.js";
import { divideAt, dividedAt, moveBy, zoomBy, zoomIn, zoomOut, zoomTo } from "./stage.js";
import type { Point } from "./view.js";

const stage = byId("stage", HTMLElement);
const pictures = byId("pictures", HTMLDivElement);
const divider = byId("divider", HTMLDivElement);

/** Pixels that an arrow key moves the picture by. */
const PAN = 48;
/** Share of the stage that an arrow key moves the divider by. */
const STEP = 0.02;
/** Change of the zoom, as a logarithm, per pixel of the wheel; of a pinch on a touchpad, which browsers report in fewer. */
const WHEEL = 0.002;
const PINCH = 0.01;

const STAGE_KEYS: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => moveBy({ x: PAN, y: 0 }),
  ArrowRight: () => moveBy({ x: -PAN, y: 0 }),
  ArrowUp: () => moveBy({ x: 0, y: PAN }),
  ArrowDown: () => moveBy({ x: 0, y: -PAN }),
  "+": zoomIn,
  "=": zoomIn,
  "-": zoomOut,
  "0": () => zoomTo("fit"),
  "1": () => zoomTo(1),
  "2": () => zoomTo(2),
  "4": () => zoomTo(4),
};

const DIVIDER_KEYS: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => divideAt(dividedAt() - STEP),
  ArrowRight: () => divideAt(dividedAt() + STEP),
  ArrowDown: () => divideAt(dividedAt() - STEP),
  ArrowUp: () => divideAt(dividedAt() + STEP),
  Home: () => divideAt(0),
  End: () => divideAt(1),
};

function followKeys(element: HTMLElement, keys: Readonly<Record<string, () => void>>): void {
  element.addEventListener("keydown", (event) => {
    if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function inStage({ clientX, clientY }: MouseEvent): Point {
  const { left, top } = stage.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}

/** One finger or the mouse moves the picture, two fingers zoom. */
function followPointers(): void {
  const down = new Map<number, Point>();
  pictures.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    down.set(event.pointerId, inStage(event));
    pictures.setPointerCapture(event.pointerId);
  });
  pictures.addEventListener("pointermove", (event) => {
    const from = down.get(event.pointerId);
    if (from === undefined) return;
    const to = inStage(event);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) moveBy({ x: to.x - from.x, y: to.y - from.y });
    else pinch(other, from, to);
    down.set(event.pointerId, to);
  });
  for (const end of ["pointerup", "pointercancel"] as const)
    pictures.addEventListener(end, ({ pointerId }) => down.delete(pointerId));
}

/** One of two fingers moves from one place to another; the other stays. */
function pinch(other: Point, from: Point, to: Point): void {
  const distance = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
  zoomBy(distance(to) / distance(from), { x: (other.x + to.x) / 2, y: (other.y + to.y) / 2 });
  moveBy({ x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 });
}

function followDivider(): void {
  divider.addEventListener("pointerdown", (event) => {
    if (event.button === 0) divider.setPointerCapture(event.pointerId);
  });
  divider.addEventListener("pointermove", (event) => {
    if (divider.hasPointerCapture(event.pointerId)) divideAt(inStage(event).x / stage.clientWidth);
  });
}

export function followUser(): void {
  stage.tabIndex = 0;
  followKeys(stage, STAGE_KEYS);
  followKeys(divider, DIVIDER_KEYS);
  followPointers();
  followDivider();
  stage.addEventListener(
    "wheel",
    (event) => {
      if (event.target instanceof Element && event.target.closest(".card-on-picture")) return;
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 32 : 1);
      zoomBy(Math.exp(-pixels * (event.ctrlKey ? PINCH : WHEEL)), inStage(event));
    },
    { passive: false },
  );
  byId("zoom-in", HTMLButtonElement).addEventListener("click", zoomIn);
  byId("zoom-out", HTMLButtonElement).addEventListener("click", zoomOut);
  byId("zoom-fit", HTMLButtonElement).addEventListener("click", () => zoomTo("fit"));
  byId("zoom-200", HTMLButtonElement).addEventListener("click", () => zoomTo(2));
}
