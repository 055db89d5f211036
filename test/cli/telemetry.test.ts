/** What a command leaves behind beside its outputs: nothing, ONNX Runtime's notes for its maker included. */
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAIN, runNode, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";

const folder = temporaryFolder();
beforeAll(() => {
  for (const name of ["work", "home"]) mkdirSync(folder.at(name));
  copyFileSync(fixture("images", "patch.png"), folder.at("work/in.png"));
});
afterAll(folder.remove);

/** The runtime notes nothing where one of the others says that a machine of a build is at work. */
const ENVIRONMENT = {
  HOME: folder.at("home"),
  XDG_CACHE_HOME: folder.at("home/cache"),
  CI: undefined,
  GITHUB_ACTIONS: undefined,
  TF_BUILD: undefined,
  ORT_DISABLE_TELEMETRY: undefined,
};

it.each([
  ["a run in worker threads", ["run", "nsr-x2", "in.png", "-o", "out.png"], "out.png"],
  ["a compile, which compares in the process itself", ["compile", "nsr-x2", "-o", "out.onnx"], "out.onnx"],
] as const)("%s", async (_, argv, output) => {
  const before = readdirSync(folder.at("work"));
  const { code, stderr } = await runNode([MAIN, ...argv], folder.at("work"), ENVIRONMENT);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(readdirSync(folder.at("work")).toSorted()).toEqual([...before, output].toSorted());
  expect(readdirSync(folder.at("home"), { recursive: true })).toEqual([]);
});
