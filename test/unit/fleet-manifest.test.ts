/** examples/fleet/job.yaml: what Kubernetes takes, and a command line of smxc for each of its parts. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { parse } from "yaml";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const check = new Ajv().compile(JSON.parse(read("test/support/kubernetes-job.schema.json")));
const job = () => parse(read("examples/fleet/job.yaml"));

it("is a Job as batch/v1 has it", () => {
  check(job());
  expect(check.errors).toBeNull();
});

it.each([
  ["a field that there is not", (spec: Record<string, unknown>) => ({ ...spec, backoffLimitPerIndx: 3 })],
  ["no number of parts", ({ completions: _, ...spec }: Record<string, unknown>) => spec],
])("with %s is none", (_, change) => {
  const changed = job();
  expect(check({ ...changed, spec: change(changed.spec) })).toBe(false);
});

it("has as many parts as its command line says", () => {
  const { completions, template } = job().spec;
  expect(template.spec.containers[0].args[0]).toContain(`--shard $JOB_COMPLETION_INDEX/${completions} --resume`);
});
