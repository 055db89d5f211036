/** The first code of an error that is for a person; all else is thrown on, as it is a defect. */
export function refusal(cause) {
  if (cause?.name !== "SmxcError" || cause.diagnostics.length === 0) throw cause;
  return cause.diagnostics[0].code;
}
