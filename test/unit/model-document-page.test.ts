/** docs/reference/document.md: its example is a document, and its table has every kind of layer. */
import { expect, it } from "vitest";
import { LAYERS } from "../../src/frontends/document/layers/index.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import { blocksOf, pageText } from "../support/pages.js";

const PAGE = pageText("docs/reference/document.md");

it("shows a document that is one", () => {
  const [example] = blocksOf(PAGE).filter(({ language }) => language === "json");
  expect(parseDocument(example!.text, "model.json").spec.layers).toHaveLength(4);
});

it("names every kind of layer", () => {
  expect(Object.keys(LAYERS).filter((kind) => !PAGE.includes(`\`${kind}\``))).toEqual([]);
});
