/** Whether a graph whose height and width were opened computes what the same network, exported for another size, does. */
import { expect } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import { type OpenedSizes, openSizes, type Side } from "../../src/frontends/onnx/sizes/open-sizes.js";
import type { SizeRefusal } from "../../src/frontends/onnx/sizes/size-prover.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import type { ModelProto } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { compareValues } from "../../src/verify/compare.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { encoded, runGraph, type Values } from "./sessions.js";

const schemas = await loadSchemas();

export type Size = readonly [height: number, width: number];

/** A network as an exporter writes it for a picture of one size. */
export interface ExportedNetwork {
  readonly export: (size: Size) => ModelProto;
  /** Shapes of the inputs, by name. */
  readonly inputs: (size: Size) => ReadonlyMap<string, readonly number[]>;
}

/**
 * Opens the export of one size, and expects that it computes at each of some sizes what the export of that size does.
 *
 * @param others the exported size is always one of them
 */
export async function checkOpenedSizes(
  network: ExportedNetwork,
  exported: Size,
  others: readonly Size[],
  sides: readonly Side[] = ["height", "width"],
): Promise<OpenedSizes | SizeRefusal> {
  const { message } = await decodeGraph(bytesSource("source", await encoded(network.export(exported))));
  const opened = openSizes(message, schemas, sides);
  if ("reason" in opened) {
    expect(opened).toEqual({ node: expect.stringMatching(/./), reason: expect.stringMatching(/./) });
    return opened;
  }
  const bytes = await encoded(opened.model);
  const findings = await checkFile(bytesSource("opened", bytes), { full: true });
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  const sizes = [exported, ...others];
  const feeds = sizes.map((size, seed) => feedOf(network.inputs(size), seed));
  const found = await runGraph(bytes, feeds, "disabled");
  for (const [index, size] of sizes.entries()) {
    const [wanted] = await runGraph(await encoded(network.export(size)), [feeds[index]!], "disabled");
    for (const [name, { shape, data }] of wanted!) {
      const own = found[index]!.get(name)!;
      expect(own.shape).toEqual(shape);
      expect(compareValues(data, own.data, TOLERANCES)).toMatchObject({ passed: true });
    }
  }
  return opened;
}

function feedOf(shapes: ReadonlyMap<string, readonly number[]>, seed: number): Values {
  const next = randomNumbers(seed + 1);
  return new Map(
    [...shapes].map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return [
        name,
        dense(
          shape,
          Array.from({ length }, () => Math.fround(2 * next() - 1)),
        ),
      ];
    }),
  );
}
