import { describe, expect, it } from "vitest";
import { routesHtml } from "../../src/routes/report-html.js";
import { RoutesStudy } from "../../src/routes/study.js";

/** β of one layer: rows of experts for each sample, one block. */
const betas = (...samples: readonly (readonly number[])[]) =>
  new Map([["beta.a<b", { shape: [samples.length, samples[0]!.length, 1], data: Float32Array.from(samples.flat()) }]]);

function studied(...pictures: readonly (readonly (readonly number[])[])[]) {
  const study = new RoutesStudy();
  for (const samples of pictures) {
    // Batch by batch, as patches come.
    for (const sample of samples) study.add(betas(sample));
    study.endPicture();
  }
  return study.routers();
}

describe("the study of routers", () => {
  it("tells evenness, leaders and the largest β", () => {
    const [router] = studied([[0.5, 0.5]], [[1, 0]]);
    expect(router).toMatchObject({ layer: "a<b", experts: 2, cardinals: 1, samples: 2, leading: 1 });
    expect(router!.evenness).toBeCloseTo(0.5, 12);
    expect(router!.largest).toEqual({ mean: 0.75, most: 1 });
  });

  it("counts every picture alike, however many patches it has", () => {
    const [router] = studied(
      [[0.25, 0.75]],
      [
        [0.75, 0.25],
        [0.5, 0.5],
        [0.25, 0.75],
      ],
    );
    expect(router!.mean).toEqual([[0.375], [0.625]]);
    expect(router!.pictures).toEqual([
      [[0.25], [0.75]],
      [[0.5], [0.5]],
    ]);
    expect(router!.betweenPictures).toBe(0.125);
    expect(router!.withinPictures).toBe(0.5);
    expect(router!.leading).toBe(2);
  });

  it("knows no evenness of β that are no shares, nor of a single expert, and no movement in whole pictures", () => {
    expect(studied([[0.9, 0.8]])[0]).toMatchObject({ evenness: undefined, withinPictures: undefined });
    expect(studied([[1]])[0]).toMatchObject({ evenness: undefined, leading: 1 });
  });

  it("becomes a page in which names are text", () => {
    const routers = studied([[0.5, 0.5]], [[1, 0]]);
    const html = routesHtml({ model: "m.json", conditions: "", pictures: ["<x>.png", "y.png"], routers });
    expect(html).toContain("<h2>&lt;x&gt;.png</h2>");
    expect(html).not.toContain("a<b");
    expect(html.match(/class="blocks"/g)).toHaveLength(6);
    expect(html).not.toMatch(/<script|https?:/);
  });
});
