/** Revisions of this repository, built side by side. */
import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Windows finds npm.cmd only through a shell. */
const SHELL = process.platform === "win32";

const git = (...args) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();

/**
 * Checks a revision out in a worktree of its own and compiles its sources.
 *
 * @param name what git takes for a commit
 * @param scratch a folder that it may lie in
 * @returns {Promise<{name: string, commit: string, folder: string, remove(): void}>}
 * @throws Error of git, npm or tsc
 */
export async function openRevision(name, scratch) {
  const commit = git("rev-parse", "--verify", `${name}^{commit}`);
  const folder = join(scratch, `${name.replaceAll(/[^\w.-]/g, "-")}-${commit.slice(0, 9)}`);
  git("worktree", "add", "--detach", "--quiet", folder, commit);
  const remove = () => git("worktree", "remove", "--force", folder);
  try {
    if (samePackages(folder)) symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
    else
      execFileSync("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--silent"], {
        cwd: folder,
        stdio: ["ignore", "ignore", "inherit"],
        shell: SHELL,
      });
    execFileSync(process.execPath, [join(folder, "node_modules/typescript/bin/tsc"), "-b"], {
      cwd: folder,
      stdio: ["ignore", "inherit", "inherit"],
    });
  } catch (cause) {
    remove();
    throw cause;
  }
  return { name, commit, folder, remove };
}

/** Whether a revision is locked to the packages that are installed here. */
function samePackages(folder) {
  const [here, there] = [ROOT, folder].map((each) => {
    const { packages } = JSON.parse(readFileSync(join(each, "package-lock.json"), "utf8"));
    return JSON.stringify(Object.entries(packages).map(([path, { integrity }]) => [path, integrity]));
  });
  return here === there;
}
