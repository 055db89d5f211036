/**
 * A path as `std::filesystem::path::lexically_normal` (C++17, POSIX) gives it, which the official checker applies to
 * locations. Empty stays empty, and `.` is the folder itself.
 */
export function normalisePath(path: string): string {
  if (path === "") return "";
  const root = path.startsWith("/") ? "/" : "";
  const steps: string[] = [];
  let trailingSlash = false;
  for (const step of path.split("/")) {
    trailingSlash = step === "" || step === "." || step === "..";
    if (step === "" || step === ".") continue;
    if (step === ".." && steps.length > 0 && steps.at(-1) !== "..") steps.pop();
    else if (step !== ".." || root === "") steps.push(step);
  }
  if (steps.length === 0) return root || ".";
  return root + steps.join("/") + (trailingSlash && steps.at(-1) !== ".." ? "/" : "");
}
