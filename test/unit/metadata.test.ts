/** What a graph says of its compile is enough to repeat it. */
import { expect, it } from "vitest";
import { compile } from "../../src/compile.js";
import type { CompileOptions } from "../../src/compile-options.js";
import { loweringOptionsOf, readMetadata } from "../../src/metadata.js";
import { metadataOf } from "../../src/onnx/signature.js";
import { importOracle, ORACLE_CASES } from "../support/fixtures.js";
import { encoded } from "../support/sessions.js";

const OPTIONS: readonly CompileOptions[] = [
  {},
  { target: "wasm", threads: 2 },
  { winograd: false },
  { portable: true },
  { opset: 20, lowering: "direct", batch: 1 },
  { dtype: "float16" },
  { measured: new Map([["never asked for", 1]]) },
];

it.each(OPTIONS)("with %o", async (options) => {
  const wide = ORACLE_CASES.find(({ name }) => name === "nsr-x4-wide")!;
  const { spec, weights } = await importOracle(wide);
  const { model } = compile(spec, weights, options);
  const said = loweringOptionsOf(readMetadata(metadataOf(model))!);
  expect(said.measured).toEqual(options.measured);
  const { batch } = options;
  const again = compile(spec, weights, { ...said, ...(batch === undefined ? {} : { batch }) });
  expect(await encoded(again.model)).toEqual(await encoded(model));
});
