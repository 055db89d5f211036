/** Which kernels an execution provider registers, as text that people can read, and how it is looked up. */

export interface KernelTable {
  /** Where the rows come from. */
  readonly source: string;
  /** The newest opset of ai.onnx that the source covers. */
  readonly newestOpset: number;
  /**
   * A line per operator, of other domains with the domain before it: `Conv 1,11,22 T=float | 23 ?`. Rows hold the
   * versions of the operator (those it was changed in) with a kernel, and the element types that each constraint,
   * a type variable or a parameter by name, is limited to; others take all. A range `11-21` stands for the versions in
   * it, `22+` for 22 alone: ONNX Runtime does not use a kernel for versions after the one it was registered for, unless
   * an end is given. `expanded`: no kernel, ONNX Runtime runs the operators that define it. `?`: not known.
   * `@1 float,double` names a set of types.
   */
  readonly text: string;
}

/** A kernel of one operator. */
export interface Kernel {
  readonly kind: "kernel" | "expanded" | "unknown";
  /** Types by constraint, such as `float`; what is not among them is not limited. */
  readonly types: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Row extends Kernel {
  covers(version: number): boolean;
}

const KINDS: Readonly<Record<string, Kernel["kind"]>> = { expanded: "expanded", "?": "unknown" };

const parsed = new WeakMap<KernelTable, ReadonlyMap<string, readonly Row[]>>();

/** The kernels for an operator in the version `sinceVersion`; empty when the provider has none. */
export function kernelsOf(
  table: KernelTable,
  domain: string,
  operator: string,
  sinceVersion: number,
): readonly Kernel[] {
  const rows = parsed.get(table) ?? parse(table.text);
  parsed.set(table, rows);
  const id = domain === "" ? operator : `${domain}.${operator}`;
  return rows.get(id)?.filter((row) => row.covers(sinceVersion)) ?? [];
}

function parse(text: string): ReadonlyMap<string, readonly Row[]> {
  const sets = new Map<string, ReadonlySet<string>>();
  const rows = new Map<string, readonly Row[]>();
  for (const line of text.split("\n")) {
    const [, name, rest] = /^(\S+) (.+)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    if (name.startsWith("@")) sets.set(name, typeSet(rest, sets));
    else {
      rows.set(
        name,
        rest.split(" | ").map((row) => parseRow(row, sets)),
      );
    }
  }
  return rows;
}

function parseRow(text: string, sets: ReadonlyMap<string, ReadonlySet<string>>): Row {
  const [versions = "", ...words] = text.split(" ");
  const ranges = versions.split(",").map((range) => {
    const [first, last] = range.split("-");
    return [Number.parseInt(first!, 10), Number.parseInt(last ?? first!, 10)] as const;
  });
  const constraints = words.filter((word) => word.includes("=")).map((word) => word.split("=") as [string, string]);
  return {
    kind: KINDS[words[0] ?? ""] ?? "kernel",
    types: new Map(constraints.map(([constraint, types]) => [constraint, typeSet(types, sets)])),
    covers: (version) => ranges.some(([first, last]) => first <= version && version <= last),
  };
}

function typeSet(text: string, sets: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  return new Set(text.split(",").flatMap((type) => [...(sets.get(type) ?? [type])]));
}
