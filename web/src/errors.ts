/** What can be wrong with what is given to the page, beyond what the library finds; and how it reads. */
import { createColors } from "../../cli/terminal/colors.js";
import { renderDiagnostics } from "../../cli/terminal/render-diagnostics.js";
import { type Diagnostic, error } from "../../src/base/diagnostics.js";

/** As on the command line, of which this is the rendering. */
export function diagnosticsText(
  diagnostics: readonly Diagnostic[],
  readSource: (file: string) => string | undefined = () => undefined,
): string {
  return renderDiagnostics(diagnostics, createColors(false), readSource).trimEnd();
}

export const missingWeights = (file: string): Diagnostic =>
  error("page/missing-weights", `the weights "${file}", which the document names, are missing`, {
    pointer: "/weights/file",
    hint: "drop the document and its weights together",
  });

export const tooManyFiles = (): Diagnostic =>
  error("page/too-many-files", "several documents or weights were dropped, and it is not clear which belong together", {
    hint: "drop one model.json with its weights at a time",
  });

export const badSetting = (text: string): Diagnostic =>
  error("page/bad-setting", `"${text}" is not of the form key=value`, {
    hint: "write for example mean=0.5, with spaces between several entries",
  });

export const noPictureFormat = (file: string): Diagnostic =>
  error("page/no-tiff", "browsers cannot read TIFF pictures", {
    file,
    hint: "convert the picture to PNG, or restore it with smxc run",
  });

export const resultTooLarge = (file: string, width: number, height: number, most: number): Diagnostic =>
  error("page/too-large", `the result would have ${width} × ${height} pixels; the page can show at most ${most}`, {
    file,
    hint: "restore it with smxc run, which takes pictures of any size",
  });

export const defectText = (defect: string): string =>
  `error[internal/defect]: a defect in smxc: ${defect}\n  = please report it, with the file that causes it`;
