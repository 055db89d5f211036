/** Where a picture lies in the stage: pure geometry, in pixels of the page. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface View {
  /** Pixels of the page per pixel of the result. */
  readonly factor: number;
  /** Of the picture's upper left corner. */
  readonly x: number;
  readonly y: number;
}

const MOST_FACTOR = 32;
/** A picture can be made smaller than the stage, but not lost. */
const LEAST_SIDE = 32;

/** The factor at which a picture just fits. */
export function fitFactor(stage: Size, picture: Size): number {
  return Math.min(stage.width / picture.width, stage.height / picture.height);
}

/** The picture in the middle. */
export function centred(stage: Size, picture: Size, factor: number): View {
  return {
    factor,
    x: (stage.width - picture.width * factor) / 2,
    y: (stage.height - picture.height * factor) / 2,
  };
}

/** Another factor, at which the point of the picture under `at` stays where it is. */
export function zoomedAt(view: View, factor: number, at: Point): View {
  const grows = factor / view.factor;
  return { factor, x: at.x - (at.x - view.x) * grows, y: at.y - (at.y - view.y) * grows };
}

export function moved(view: View, by: Point): View {
  return { ...view, x: view.x + by.x, y: view.y + by.y };
}

/** The nearest view that leaves no room at a side while the picture is cut off at the other. */
export function kept(stage: Size, picture: Size, view: View): View {
  const least = LEAST_SIDE / Math.max(picture.width, picture.height);
  const factor = Math.min(MOST_FACTOR, Math.max(least, view.factor));
  const { x, y } = factor === view.factor ? view : zoomedAt(view, factor, { x: stage.width / 2, y: stage.height / 2 });
  return {
    factor,
    x: keptAxis(stage.width, picture.width * factor, x),
    y: keptAxis(stage.height, picture.height * factor, y),
  };
}

function keptAxis(room: number, length: number, at: number): number {
  if (length <= room) return (room - length) / 2;
  return Math.min(0, Math.max(room - length, at));
}
