/** ONNX Runtime's profile (Chrome trace events) as time per layer and operator. */

export interface ProfileRow {
  /** The document's layer, or for foreign graphs the node. */
  readonly layer: string;
  readonly operator: string;
  /** Milliseconds per run, without what ran inside it. */
  readonly ms: number;
  /** Kernel calls per run. */
  readonly calls: number;
}

interface Event {
  readonly cat?: unknown;
  readonly name?: unknown;
  readonly ts?: unknown;
  readonly dur?: unknown;
  readonly args?: { readonly op_name?: unknown };
}

interface Interval {
  readonly name: string;
  readonly operator: string;
  readonly start: number;
  readonly end: number;
}

const KERNEL = "_kernel_time";

/**
 * Sums a profile up, the most time first. A Scan's time contains that of the nodes in its body, which are counted on their own:
 * every row holds what no inner node explains.
 *
 * @param warmUp runs at the beginning that are left out
 * @throws SyntaxError when the text is not JSON
 */
export function profileRows(text: string, warmUp: number): readonly ProfileRow[] {
  const parsed: unknown = JSON.parse(text);
  const events = (Array.isArray(parsed) ? parsed : []) as readonly Event[];
  const runs = events
    .filter((event) => event.cat === "Session" && event.name === "model_run")
    .map((event) => Number(event.ts))
    .sort((a, b) => a - b);
  const from = runs[warmUp] ?? Number.POSITIVE_INFINITY;
  const counted = Math.max(1, runs.length - warmUp);
  const kernels = events.flatMap((event): Interval[] => {
    const { cat, name, args } = event;
    const start = Number(event.ts);
    if (cat !== "Node" || typeof name !== "string" || !name.endsWith(KERNEL) || !(start >= from)) return [];
    return [
      {
        name: name.slice(0, -KERNEL.length),
        operator: typeof args?.op_name === "string" ? args.op_name : "?",
        start,
        end: start + Number(event.dur),
      },
    ];
  });
  const rows = new Map<string, { readonly layer: string; readonly operator: string; us: number; calls: number }>();
  for (const { name, operator, us } of ownTimes(kernels)) {
    const layer = layerOfNode(name);
    const key = JSON.stringify([layer, operator]);
    const row = rows.get(key) ?? { layer, operator, us: 0, calls: 0 };
    row.us += us;
    row.calls++;
    rows.set(key, row);
  }
  return [...rows.values()]
    .map(({ layer, operator, us, calls }) => ({ layer, operator, ms: us / 1000 / counted, calls: calls / counted }))
    .sort((a, b) => b.ms - a.ms);
}

/** Each interval's time without the intervals that lie inside it. */
function ownTimes(intervals: readonly Interval[]): readonly (Interval & { us: number })[] {
  const open: (Interval & { us: number })[] = [];
  const inOrder = [...intervals].sort((a, b) => a.start - b.start || b.end - a.end);
  return inOrder.map((interval) => {
    while (open.length > 0 && open.at(-1)!.end <= interval.start) open.pop();
    const own = { ...interval, us: interval.end - interval.start };
    const around = open.at(-1);
    if (around) around.us -= own.us;
    open.push(own);
    return own;
  });
}

/**
 * The layer that a node belongs to: smxc names nodes `<layer>`, `<layer>/<step>`, `<layer>:<layout>`; ONNX Runtime's fusions
 * put words before and underscores behind.
 */
export function layerOfNode(node: string): string {
  const [layer] = node
    .replace(/^fused /, "")
    .replace(/_nchwc(_\d+)?$/, "")
    .split(/[/:#]/);
  return layer || node;
}
