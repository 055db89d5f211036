import type { Diagnostic } from "../../../base/diagnostics.js";
import { DOCS } from "../../../base/docs.js";
import { VERSION } from "../../../base/version.js";
import type { FindingSeverity } from "../rule.js";
import { ruleDocumentName, sentence } from "../rule-document.js";
import { RULES, type RuleId } from "../rules.js";
import type { FileReport } from "./file-report.js";

const LEVELS: Readonly<Record<FindingSeverity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  unchecked: "note",
};

const RULES_DOCS = `${DOCS}/rules`;

/**
 * Static Analysis Results Interchange Format 2.1.0 (OASIS), as GitHub code scanning reads it: each result points at the
 * file, and at the place inside by a logical location, since an ONNX file has no lines. Files that could not be read are
 * notifications of the invocation.
 */
export function sarifReport(reports: readonly FileReport[], unread: readonly Diagnostic[] = []): object {
  const used = [...new Set(reports.flatMap(({ findings }) => findings.map(({ rule }) => rule)))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "smxc",
            semanticVersion: VERSION,
            informationUri: "https://github.com/smxc/smxc",
            rules: used.map(ruleDescriptor),
          },
        },
        columnKind: "utf16CodeUnits",
        ...(unread.length === 0 ? {} : { invocations: [failedInvocation(unread)] }),
        results: reports.flatMap(({ file, findings }) =>
          findings.map(({ rule, severity, message, place, omitted }) => ({
            ruleId: rule,
            ruleIndex: used.indexOf(rule),
            level: LEVELS[severity],
            message: { text: place === "" ? message : `${place}: ${message}` },
            locations: [
              {
                physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: 1 } },
                ...(place === "" ? {} : { logicalLocations: [{ fullyQualifiedName: place }] }),
              },
            ],
            ...(omitted === undefined ? {} : { properties: { omitted } }),
            partialFingerprints: { primaryLocationLineHash: `${fingerprint(`${rule} ${place}`)}:1` },
          })),
        ),
      },
    ],
  };
}

/**
 * GitHub tells alerts of a file apart by this fingerprint alone, which is of the line where none is given: all findings
 * of a rule would be one. FNV-1a, 64 bits, in hexadecimal.
 */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

function failedInvocation(unread: readonly Diagnostic[]): object {
  return {
    executionSuccessful: false,
    toolExecutionNotifications: unread.map(({ code, message, file }) => ({
      descriptor: { id: code },
      level: "error",
      message: { text: message },
      ...(file === undefined ? {} : { locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }] }),
    })),
  };
}

function ruleDescriptor(id: RuleId): object {
  const rule = RULES[id];
  const remedy = sentence(rule.remedy);
  const helpUri = `${RULES_DOCS}/${ruleDocumentName(id)}`;
  return {
    id,
    shortDescription: { text: rule.demand },
    fullDescription: { text: `${rule.demand} ${rule.reason}` },
    help: { text: remedy, markdown: `**What to do.** ${remedy}\n\n[More](${helpUri})` },
    helpUri,
    defaultConfiguration: { level: LEVELS[rule.severity] },
  };
}

/** A relative reference for a relative path, a file URI for an absolute one, with or without a drive letter. */
function uriOf(file: string): string {
  const path = file.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
  const [, drive = "", rest = ""] = /^([A-Za-z]:(?=\/))?(.*)$/s.exec(path)!;
  const encoded = drive + rest.split("/").map(encodeURIComponent).join("/");
  if (drive !== "") return `file:///${encoded}`;
  return path.startsWith("/") ? `file://${encoded}` : encoded;
}
