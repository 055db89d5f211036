import { SmxcError } from "../base/diagnostics.js";
import { formatOfBytes } from "../files/image-format.js";
import type { Sample } from "../files/sample.js";
import { notWanted } from "../files/wanted.js";
import { whatIsThis } from "../files/what-is-this.js";

/** @throws SmxcError that says what the file is instead */
export function checkIsPicture(sample: Sample): void {
  if (formatOfBytes(sample.start) === undefined) throw notAPicture(sample);
}

export function notAPicture(sample: Sample): SmxcError {
  return new SmxcError([notWanted(sample.name, whatIsThis(sample), "picture")]);
}
