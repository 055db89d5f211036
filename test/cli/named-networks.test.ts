/** Networks that come with smxc, by name, wherever a model is taken. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NETWORKS } from "../../models/index.js";
import { crop } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { smxc, succeed } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...args: readonly string[]) => smxc(args, folder.path);
const document = fileURLToPath(NETWORKS.find(({ name }) => name === "nsr-x3")!.document);

beforeAll(async () => {
  const coffee = await readImage(fixture("photographs", "x3", "coffee.png"), () => {});
  writeFileSync(at("p.png"), await encodeImage(crop(coffee, 60, 30, 24, 16), "p.png", () => {}));
});
afterAll(folder.remove);

it("smxc models lists them, for people and for programs", async () => {
  const { stdout } = await succeed(["models"], folder.path);
  expect(stdout.split("\n")[0]).toMatch(/^name +task +scale +size +licence$/);
  for (const { name } of NETWORKS) expect(stdout).toMatch(new RegExp(`^${name} .*[kM]B +MIT$`, "m"));
  expect(stdout).toContain("remove noise (σ = 25)");
  const { schemaVersion, models } = JSON.parse((await succeed(["models", "--json"], folder.path)).stdout);
  expect(schemaVersion).toBe(1);
  expect(models.map(({ name }: { name: string }) => name)).toEqual(NETWORKS.map(({ name }) => name));
  const [first] = models;
  expect(Object.keys(first)).toEqual(["name", "task", "scale", "bytes", "licence", "document", "weights"]);
  expect(first.bytes).toBe(readFileSync(first.document).length + readFileSync(first.weights).length);
});

describe("a name stands for the document", () => {
  it("in run, with what the network does to pictures", async () => {
    await succeed(["run", document, "p.png", "-o", "by-path.png"], folder.path);
    const { stdout } = await succeed(["run", "nsr-x3", "p.png", "-o", "by-name.png", "--json"], folder.path);
    expect(JSON.parse(stdout)).toMatchObject({ width: 72, height: 48, task: "enlarge ×3", trainedContext: "patch" });
    expect(readFileSync(at("by-name.png")).equals(readFileSync(at("by-path.png")))).toBe(true);
  });

  it("in compile, verify and bench of the graph, which says the same in its metadata", async () => {
    await succeed(["compile", "nsr-x3", "-o", "named.onnx", "--quiet"], folder.path);
    await succeed(["compile", document, "-o", "pathed.onnx", "--quiet"], folder.path);
    expect(readFileSync(at("named.onnx")).equals(readFileSync(at("pathed.onnx")))).toBe(true);
    await succeed(["verify", "nsr-x3", "named.onnx"], folder.path);
    const { stdout } = await succeed(["run", "named.onnx", "p.png", "-o", "graph.png", "--json"], folder.path);
    expect(JSON.parse(stdout)).toMatchObject({ width: 72, height: 48, task: "enlarge ×3" });
    const inspected = JSON.parse((await succeed(["inspect", "named.onnx", "--json"], folder.path)).stdout);
    expect(JSON.parse(inspected.metadata.smxc).image.task).toBe("enlarge ×3");
  });

  it("in inspect, routes and eval", async () => {
    const inspected = await succeed(["inspect", "nsr-x3"], folder.path);
    expect(inspected.stdout).toContain("enlarge ×3: pictures in rgb from 0 to 1, results 3 times as large");
    await succeed(["routes", "nsr-x3", "--image", "p.png"], folder.path);
    const folders = ["x3", "hr"].map((name) => fixture("photographs", name));
    const { stdout } = await succeed(
      ["eval", "nsr-jpeg10", "--pairs", folders[0]!, folders[0]!, "--json"],
      folder.path,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      model: "nsr-jpeg10",
      task: "remove traces of JPEG compression (quality 10)",
      baseline: "input",
    });
  });
});

it("a file of that name wins, with a note", async () => {
  copyFileSync(at("named.onnx"), at("nsr-denoise25"));
  const { code, stderr, stdout } = await run("inspect", "nsr-denoise25");
  expect({ code, name: stdout.split(":")[0] }).toEqual({ code: 0, name: "nsr-x3" });
  expect(stderr).toContain("using the file nsr-denoise25, not the network of this name that comes with smxc");
  expect((await run("inspect", "./nsr-denoise25")).stderr).toBe("");
  rmSync(at("nsr-denoise25"));
  expect((await run("inspect", "nsr-denoise25")).stdout.split(":")[0]).toBe("nsr-denoise25");
});

describe("a name that is none", () => {
  it.each([
    [["inspect", "nsr-x33"], "did you mean nsr-x3?"],
    [["run", "nsrx2", "p.png", "-o", "o.png"], "did you mean nsr-x2?"],
    [["compile", "swinir", "-o", "o.onnx"], "list the networks that come with smxc: smxc models"],
    [["inspect", "nsr-x2.json"], "use the network that comes with smxc: nsr-x2, without an ending"],
    [["inspect", "other.json"], "= check the path"],
    [["inspect", "./nsr-x2"], "= check the path"],
  ])("%j says what was meant", async (args, hint) => {
    const { code, stderr, stdout } = await run(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("error[io/not-found]");
    expect(stderr).toContain(hint);
  });

  it("for a graph is told how to become one", async () => {
    const { code, stderr } = await run("bench", "nsr-x2");
    expect(code).toBe(2);
    expect(stderr).toContain("smxc compile nsr-x2 -o nsr-x2.onnx");
  });
});
