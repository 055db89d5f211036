/** How the declared types of two values differ. */
import type { ValueInfoProto } from "../graph/records.js";
import { showType, typeInfo } from "../infer/type-info.js";
import { canonicalText } from "./canonical.js";
import { cut } from "./change.js";

/** Null where they do not. The names of the values are another matter. */
export async function typeChange(a: ValueInfoProto, b: ValueInfoProto): Promise<string | null> {
  if ((await contentOf(a)) === (await contentOf(b))) return null;
  const [was, is] = [shown(a), shown(b)];
  return was === is ? `${was} changed in a part that is not shown here, such as a denotation` : `${was} became ${is}`;
}

function contentOf(value: ValueInfoProto): Promise<string> {
  return canonicalText("ValueInfoProto", { ...value, name: undefined });
}

function shown({ type }: ValueInfoProto): string {
  return cut(showType(typeInfo(type)));
}
