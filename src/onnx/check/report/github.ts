import type { Diagnostic } from "../../../diagnostics.js";
import type { FindingSeverity } from "../rule.js";
import type { FileReport } from "./file-report.js";
import { countsText, PLAIN } from "./text.js";

const COMMANDS: Readonly<Record<FindingSeverity, "error" | "warning" | "notice">> = {
  error: "error",
  warning: "warning",
  unchecked: "notice",
};

/**
 * Workflow commands of GitHub Actions, one per finding, which annotate the file in the run and in its pull request, and
 * the counts.
 */
export function githubReport(reports: readonly FileReport[], unread: readonly Diagnostic[] = []): string {
  const found = reports.flatMap(({ file, findings }) =>
    findings.map(({ rule, severity, place, message, hint }) => {
      const text = `${place === "" ? "" : `${place}: `}${message}${hint === undefined ? "" : `\n${hint}`}`;
      return command(COMMANDS[severity], file, rule, text);
    }),
  );
  const missed = unread.map(({ code, message, file = "" }) => command("error", file, code, message));
  return [...found, ...missed, countsText(reports, PLAIN), ""].join("\n");
}

function command(name: string, file: string, title: string, text: string): string {
  return `::${name} file=${property(file)},line=1,title=${property(title)}::${data(text)}`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
