/** What of a picture a network sees, by the colours that it takes, and how its results become a picture again. */
import type { PictureColor } from "../frontends/document/document.js";
import { type Image, newSamples, type Samples, toRgb } from "../pictures/image.js";
import { chromaOf, lumaOf, writeColours, writeGrey } from "../pictures/luma.js";
import { resizeBicubic } from "../pictures/resize.js";

/** One run of the network: a picture in its colours, and the planes of the result that it fills. */
export interface Job {
  readonly source: Image;
  readonly target: Samples;
  readonly bitDepth: Image["bitDepth"];
  /** Samples of a pixel of the target. */
  readonly channels: number;
  /** Where the network's channels go; `reversed` begins with the last, `mean` puts their mean into the first. */
  readonly place: number | "reversed" | "mean";
}

export interface ColourJobs {
  readonly jobs: readonly Job[];
  /** Makes samples of the result out of what the jobs filled; absent: they are that already. */
  finish?(): void;
}

interface Result {
  /** Samples of the picture's depth and channels. */
  readonly data: Samples;
  readonly width: number;
  readonly height: number;
}

/** @param result to be filled, of the picture's channels and depth */
export function colourJobs(color: PictureColor, picture: Image, result: Result): ColourJobs {
  return JOBS[color](picture, result);
}

/** What a network of some colours sees of a picture, run by run. */
export function networkPictures(color: PictureColor, picture: Image): readonly Image[] {
  const nothing = { data: newSamples(picture.bitDepth, 0), width: 0, height: 0 };
  return colourJobs(color, picture, nothing).jobs.map(({ source }) => source);
}

const JOBS: Readonly<Record<PictureColor, (picture: Image, result: Result) => ColourJobs>> = {
  rgb: (picture, { data }) => ({ jobs: [coloursJob(picture, toRgb(picture), data)] }),
  bgr: (picture, { data }) => {
    const colours = toRgb(picture);
    const reversed = { ...colours, data: colours.data.slice() };
    swapRedAndBlue(reversed.data);
    const job = coloursJob(picture, reversed, data);
    return { jobs: [job.place === "mean" ? job : { ...job, place: "reversed" }] };
  },
  gray: (picture, { data }) => ({ jobs: greyJobs(picture, data) }),
  y: (picture, result) => {
    const luma = newSamples(LUMA_DEPTH, result.width * result.height);
    const job = { source: lumaOf(picture), target: luma, bitDepth: LUMA_DEPTH, channels: 1, place: 0 } as const;
    return { jobs: [job], finish: () => writeFromLuma(picture, luma, result) };
  },
};

const LUMA_DEPTH = 16;

function coloursJob({ channels, bitDepth }: Image, source: Image, target: Samples): Job {
  return { source, target, bitDepth, channels, place: channels === 3 ? 0 : "mean" };
}

function greyJobs(picture: Image, target: Samples): readonly Job[] {
  const { channels, bitDepth } = picture;
  if (channels === 1) return [{ source: picture, target, bitDepth, channels, place: 0 }];
  return [0, 1, 2].map((place) => ({
    source: planeOf(
      picture,
      picture.data.filter((_, index) => index % 3 === place),
    ),
    target,
    bitDepth,
    channels,
    place,
  }));
}

function writeFromLuma(picture: Image, luma: Samples, { data, width, height }: Result): void {
  if (picture.channels === 1) writeGrey(luma, data, picture.bitDepth);
  else {
    const chroma = chromaOf(picture).map((plane) => resized(plane, width, height).data);
    writeColours(luma, chroma, data, picture.bitDepth);
  }
}

/** One sample per pixel as a grey picture. */
export function planeOf({ width, height, bitDepth }: Image, data: Samples): Image {
  return { width, height, bitDepth, channels: 1, data };
}

/** Bicubic, where the size is another. */
export function resized(plane: Image, width: number, height: number): Image {
  return width === plane.width && height === plane.height ? plane : resizeBicubic(plane, width, height);
}

function swapRedAndBlue(data: Samples): void {
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at]!;
    data[at] = data[at + 2]!;
    data[at + 2] = red;
  }
}
