/** Whether a graph whose batch was opened computes of several samples what the source does of each. */
import { expect } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { withKnownSizes } from "../../src/frontends/onnx/batch/known-sizes.js";
import { type OpenedBatch, openBatch } from "../../src/frontends/onnx/batch/open-batch.js";
import type { BatchRefusal } from "../../src/frontends/onnx/batch/prover.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { compareValues } from "../../src/verify/compare.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { encoded, joined, rowOf, runGraph, type Values } from "./sessions.js";

const schemas = await loadSchemas();

/**
 * Opens the batch of a valid model, and expects that samples together give what the source gives of each, in any order.
 *
 * @param feeds single samples
 */
export async function checkOpened(
  source: ModelWithGraph,
  feeds: readonly Values[],
  mayScan: boolean,
): Promise<OpenedBatch | BatchRefusal> {
  const opened = openBatch(withKnownSizes(source, schemas), schemas, new Map(), mayScan);
  if ("reason" in opened) {
    expect(opened).toEqual({ node: expect.any(String), reason: expect.stringMatching(/./) });
    return opened;
  }
  const bytes = await encoded(opened.model);
  const findings = await checkFile(bytesSource("opened", bytes), { full: true });
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  const open = openPorts(opened.model, opened.symbol);
  const wanted = await runGraph(await encoded(source), feeds, "disabled");
  const orders = [feeds.map((_, index) => index), feeds.map((_, index) => feeds.length - 1 - index), [0]];
  const batches = orders.map((order) =>
    batchOf(
      order.map((index) => feeds[index]!),
      open,
    ),
  );
  const found = await runGraph(bytes, batches, "disabled");
  for (const [at, order] of orders.entries())
    for (const [place, index] of order.entries()) expectSample(found[at]!, place, wanted[index]!, open);
  return opened;
}

function openPorts({ graph }: ModelWithGraph, symbol: string): ReadonlySet<string> {
  const isOpen = (dims: readonly { readonly dim_param?: string | undefined }[] = []) => dims[0]?.dim_param === symbol;
  return new Set(
    [...graph.input, ...graph.output]
      .filter(({ type }) => isOpen(type?.tensor_type?.shape?.dim))
      .map(({ name = "" }) => name),
  );
}

function batchOf(feeds: readonly Values[], open: ReadonlySet<string>): Values {
  return new Map(
    [...feeds[0]!].map(([name, value]) => [
      name,
      open.has(name) ? joined(feeds.map((feed) => feed.get(name)!)) : value,
    ]),
  );
}

/** Where both are no number, both are the same. */
function expectSample(batch: Values, place: number, wanted: Values, open: ReadonlySet<string>): void {
  for (const [name, value] of wanted) {
    const found = open.has(name) ? rowOf(batch.get(name)!, place) : batch.get(name)!;
    expect(found.shape, name).toEqual(value.shape);
    const { passed } = compareValues(value.data, found.data, TOLERANCES);
    const isOdd = value.data.some((each) => !Number.isFinite(each));
    if (!passed && !isOdd) expect([...found.data], name).toEqual([...value.data]);
  }
}
