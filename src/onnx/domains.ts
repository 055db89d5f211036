/** Whether a domain, as a node or an import names it, is ONNX's own. */
export function isOnnxDomain(domain: string | undefined): boolean {
  return domain === undefined || domain === "" || domain === "ai.onnx";
}
