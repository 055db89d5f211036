/** The networks that come with smxc: made of the checkpoints of the repository, all listed, and found by name. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { NETWORKS } from "../../models/index.js";
import { importCheckpoint } from "../../src/api.js";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { load } from "../../src/runtime/index-node.js";
import { load as loadInBrowser } from "../../src/runtime/web.js";
import { fetchNetwork } from "../../src/shipped/fetch-network.js";
import { fixture, readJson } from "../support/fixtures.js";

const PICTURE = { width: 9, height: 8, channels: 3, bitDepth: 8, data: new Uint8Array(9 * 8 * 3).fill(100) } as const;

async function refusal(work: Promise<unknown>): Promise<SmxcError> {
  const cause = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(cause).toBeInstanceOf(SmxcError);
  return cause as SmxcError;
}

describe.each(NETWORKS)("$name", ({ name, task, scale, licence, document, weights }) => {
  const text = readFileSync(document, "utf8");

  it("is what its checkpoint is imported as (else: npm run models)", async () => {
    const checkpoint = Uint8Array.from(readFileSync(fixture("models", name, "checkpoint.pt")));
    const config = new Map(Object.entries(readJson<Record<string, ConfigValue>>("models", name, "info.json")));
    const weightsFile = `${name}.weights.safetensors`;
    const imported = await importCheckpoint(checkpoint, { name, config, weightsFile });
    expect(JSON.parse(text)).toEqual({ ...imported.document, image: { range: [0, 1], color: "rgb", scale, task } });
    expect(readFileSync(weights).equals(imported.weights)).toBe(true);
  });

  it("is listed with its licence, and in docs/reference/models.md with its task", () => {
    expect(licence).toBe(JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).license);
    const docs = readFileSync(new URL("../../docs/reference/models.md", import.meta.url), "utf8");
    expect(docs).toContain(`| \`${name}\` | ${task} |`);
  });
});

it("all of the repository are listed", () => {
  const folders = readdirSync(fixture("models"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(NETWORKS.map(({ name }) => name).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
});

describe("load", () => {
  it("takes a name in Node", async () => {
    const network = await load("nsr-x3");
    const { image } = await network.restore(PICTURE);
    expect([image.width, image.height, network.format.task, network.trained]).toEqual([27, 24, "enlarge ×3", "patch"]);
    await network.release();
  });

  it("says which name was meant, and what the names are", async () => {
    const { kind, diagnostics } = await refusal(load("nsr-x33"));
    expect([kind, diagnostics[0]!.code]).toEqual(["io", "io/not-found"]);
    expect(diagnostics[0]!.hint).toMatch(/^did you mean "nsr-x3"\? .*nsr-denoise25/);
    expect((await refusal(load("nsr-x3.onnx"))).diagnostics[0]!.hint).toContain("nsr-x3, without an ending");
  });

  describe("in browsers", () => {
    afterAll(() => vi.unstubAllGlobals());
    const serve = (answer: (address: URL) => Response | Promise<Response>) =>
      vi.stubGlobal("fetch", async (address: URL) => answer(address));

    it("fetches the network of a name", async () => {
      const asked: string[] = [];
      serve((address) => {
        asked.push(fileURLToPath(address));
        return new Response(Uint8Array.from(readFileSync(address)));
      });
      // What `load` is given in browsers; it runs in one in test/package.
      const network = await load(await fetchNetwork("nsr-x3"));
      const { image } = await network.restore(PICTURE);
      expect([image.width, image.height, network.format.task]).toEqual([27, 24, "enlarge ×3"]);
      expect(asked.toSorted().map((path) => path.split("/").at(-1))).toEqual([
        "nsr-x3.json",
        "nsr-x3.weights.safetensors",
      ]);
      await network.release();
    });

    it("says what is wrong with a name", async () => {
      const { kind, diagnostics } = await refusal(loadInBrowser("nsr-x33", { target: "wasm" }));
      expect([kind, diagnostics[0]!.code]).toEqual(["usage", "model/no-such-network"]);
      expect(diagnostics[0]!.hint).toContain('did you mean "nsr-x3"?');
    });

    it.each([
      ["is not served", () => new Response("", { status: 404, statusText: "Not Found" }), "404 Not Found"],
      ["cannot be reached", () => Promise.reject(new TypeError("Failed to fetch")), "Failed to fetch"],
    ] as const)("says of a network that %s what to do", async (_, answer, cause) => {
      serve(answer);
      const { kind, diagnostics } = await refusal(loadInBrowser("nsr-x3", { target: "wasm" }));
      const [found] = diagnostics as readonly [Diagnostic];
      expect([kind, found.code]).toEqual(["io", "model/cannot-fetch"]);
      expect(found.message).toContain(cause);
      expect(found.hint).toContain("optimizeDeps");
    });
  });
});
