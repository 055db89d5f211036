/** The workflows of the repository, as far as that can be asked without running them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes"?: number | string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly strategy?: { readonly matrix: { readonly system: readonly string[]; readonly node: readonly string[] } };
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const WORKFLOWS = new Map<string, Workflow>(
  readdirSync(FOLDER).map((name) => [name, parse(readFileSync(new URL(name, FOLDER), "utf8"))]),
);
const CI = WORKFLOWS.get("ci.yml")!;
const RELEASE = WORKFLOWS.get("release.yml")!;

it.each([...WORKFLOWS])(
  "%s may only read where it says nothing else, and every job has its limit of time",
  (_, { permissions, jobs }) => {
    expect(permissions?.contents).toBe("read");
    for (const [name, job] of Object.entries(jobs)) expect(job["timeout-minutes"], name).toBeDefined();
  },
);

it.each([...WORKFLOWS])("%s takes actions of known versions, or this repository's", (_, { jobs }) => {
  const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  expect(used.filter((name) => !/^(actions|github)\/[\w/-]+@v\d+$/.test(name) && name !== "./")).toEqual([]);
});

it("the tests run on three systems, with the oldest Node that package.json takes and a newer one", () => {
  const { system, node } = CI.jobs.test!.strategy!.matrix;
  expect(system).toEqual(["ubuntu", "macos", "windows"]);
  const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(engines.node.startsWith(`>=${node[0]}.`)).toBe(true);
  const newest = /^newest=(\d+)/m.exec(readFileSync(new URL("../../.ci/run", import.meta.url), "utf8"))?.[1];
  expect(node.at(-1)).toBe(newest);
});

it("a release has more time than .ci/run has, and publishes what was packed and attested", () => {
  const { publish } = RELEASE.jobs;
  expect(Number(publish!["timeout-minutes"])).toBeGreaterThanOrEqual(Number(CI.jobs.check!["timeout-minutes"]) + 10);
  expect(publish!.permissions).toEqual({ contents: "write", "id-token": "write", attestations: "write" });
  const steps = publish!.steps.map(({ uses, run }) => uses ?? run ?? "");
  const at = (text: string): number => steps.findIndex((step) => step.includes(text));
  const order = ["bash .ci/run", "npm pack", "actions/attest-sbom", "npm publish ./release/", "gh release create"].map(
    at,
  );
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  const [, script] = /node (scripts\/[\w-]+\.mjs)/.exec(steps[at("npm pack")]!)!;
  expect(existsSync(new URL(`../../${script}`, import.meta.url))).toBe(true);
});
