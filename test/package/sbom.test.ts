/** The list of parts that a release has beside it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { runNode, temporaryFolder } from "../support/cli.js";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly object[];
}
interface Locked {
  readonly version: string;
  readonly dev?: boolean;
}

const folder = temporaryFolder();
afterAll(folder.remove);

it("names every package that an installation brings and no other, each with its licence", async () => {
  const file = folder.at("sbom.cdx.json");
  const { code, stderr } = await runNode([at("scripts/make-sbom.mjs"), file], folder.path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { bomFormat, metadata, components } = readJson(file);
  const { name, version } = readJson(at("package.json"));
  expect([bomFormat, metadata.component.purl]).toEqual(["CycloneDX", `pkg:npm/${name}@${version}`]);

  const locked = Object.entries<Locked>(readJson(at("package-lock.json")).packages);
  const brought = locked.filter(([path, { dev }]) => path !== "" && !dev);
  const expected = brought.map(([path, each]) => `${path.replace(/^.*node_modules\//, "")}@${each.version}`);
  expect(components.map((each: Component) => `${each.name}@${each.version}`).toSorted()).toEqual(expected.toSorted());
  expect(components.filter(({ licenses = [] }: Component) => licenses.length === 0)).toEqual([]);
});
