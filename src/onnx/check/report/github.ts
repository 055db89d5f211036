import type { Diagnostic } from "../../../base/diagnostics.js";
import { lineText } from "../../../base/text/lines.js";
import { Markup, markupBy } from "../../../base/text/markup.js";
import { printable } from "../../../base/text/printable.js";
import type { FindingSeverity } from "../rule.js";
import { type FileReport, omittedText } from "./file-report.js";
import { countsLine } from "./text.js";

const COMMANDS: Readonly<Record<FindingSeverity, "error" | "warning" | "notice">> = {
  error: "error",
  warning: "warning",
  unchecked: "notice",
};

/** Values of a command's properties, and its text. */
const properties = markupBy((text) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C"));
const message = markupBy(data);

/**
 * Workflow commands of GitHub Actions, one per finding, which annotate the file in the run and in its pull request, and
 * the counts.
 */
export function githubReport(reports: readonly FileReport[], unread: readonly Diagnostic[] = []): Markup {
  const found = reports.flatMap(({ file, findings }) =>
    findings.map((finding) => {
      const { rule, severity, place, message: text, hint, omitted } = finding;
      const where = place === "" ? "" : `${place}: `;
      const remedy = hint === undefined ? message`` : message`%0A${hint}`;
      const more = omitted === undefined ? message`` : message`%0A${omittedText(finding)}`;
      return command(COMMANDS[severity], file, rule, message`${where}${text}${remedy}${more}`);
    }),
  );
  const missed = unread.map(({ code, message: text, file = "" }) => command("error", file, code, message`${text}`));
  return Markup.trusted(
    [...found, ...missed, message`${lineText(countsLine(reports))}\n`].map(({ text }) => text).join(""),
  );
}

function command(name: string, file: string, title: string, text: Markup): Markup {
  return properties`::${name} file=${file},line=1,title=${title}::${text}\n`;
}

function data(text: string): string {
  return printable(text).replaceAll("%", "%25");
}
