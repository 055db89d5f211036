import type { JsonNode, Position } from "./node.js";

/** Line and column of an offset (UTF-16 units); lines end with LF, CRLF or CR. */
export function lineColumn(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < offset; at++) {
    if (endsLine(text, at)) {
      line++;
      lineStart = at + 1;
    }
  }
  return { offset, line, column: offset - lineStart + 1 };
}

/** Whether the unit at `at` is the last of a line's end. */
export function endsLine(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a);
}

/** A pointer (RFC 6901) from its reference tokens. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((token) => `/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * Where a JSON pointer (RFC 6901) leads. Where the pointer names something that is not there, the position is that of
 * the innermost value that is, so that "missing field" has a place too. `part` chooses between a member's key and value.
 */
export function locate(root: JsonNode, pointer: string, part: "key" | "value" = "value"): Position {
  let node = root;
  let found = root;
  for (const token of pointer.split("/").slice(1)) {
    const step = child(node, token.replaceAll("~1", "/").replaceAll("~0", "~"));
    if (step === undefined) {
      found = node;
      break;
    }
    node = step.value;
    found = part === "key" ? step.keyNode : step.value;
  }
  return { offset: found.start, line: found.line, column: found.column };
}

function child(node: JsonNode, token: string): { readonly keyNode: JsonNode; readonly value: JsonNode } | undefined {
  if (node.kind === "object") return node.members.find((member) => member.key === token);
  if (node.kind !== "array" || !/^(0|[1-9][0-9]*)$/.test(token)) return undefined;
  const item = node.items[Number(token)];
  return item && { keyNode: item, value: item };
}
