/** The circles of layers that read each other, each reported once. */
export class Circles {
  private readonly reads: ReadonlyMap<string, readonly string[]>;
  /** Layers that are in a circle or read one that is: those that no order can serve. */
  private readonly unordered: ReadonlySet<string>;
  private readonly reported = new Set<string>();

  /** @param reads the names that each layer reads, by its own */
  constructor(reads: ReadonlyMap<string, readonly string[]>) {
    this.reads = reads;
    this.unordered = unorderedOf(reads);
  }

  /** The circle that a layer closes by reading `first`, if `first` reads the layer in turn. */
  through(layer: string | undefined, first: string): readonly string[] | "reported" | undefined {
    if (layer === undefined || !this.unordered.has(layer) || !this.unordered.has(first)) return undefined;
    if (this.reported.has(edge(layer, first))) return "reported";
    const reader = new Map<string, string>([[first, layer]]);
    for (const name of reader.keys()) {
      if (name === layer) return this.report(trace(reader, layer));
      for (const next of this.reads.get(name) ?? []) if (!reader.has(next)) reader.set(next, name);
    }
    return undefined;
  }

  private report(circle: readonly string[]): readonly string[] {
    for (const [i, name] of circle.slice(1).entries()) this.reported.add(edge(circle[i]!, name));
    return circle;
  }
}

const edge = (reader: string, read: string): string => JSON.stringify([reader, read]);

/** What is left once every layer is taken away whose reads have all been taken away (Kahn's algorithm). */
function unorderedOf(reads: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const left = new Map([...reads].map(([name, names]) => [name, names.filter((each) => reads.has(each)).length]));
  const readers = new Map<string, string[]>([...reads.keys()].map((name) => [name, []]));
  for (const [reader, names] of reads) for (const name of names) readers.get(name)?.push(reader);
  const ready = [...left].filter(([, count]) => count === 0).map(([name]) => name);
  for (const name of ready) {
    left.delete(name);
    for (const reader of readers.get(name)!) {
      const count = left.get(reader)! - 1;
      left.set(reader, count);
      if (count === 0) ready.push(reader);
    }
  }
  return new Set(left.keys());
}

/** The way from a layer back to itself, each followed by what it reads. */
function trace(reader: ReadonlyMap<string, string>, layer: string): readonly string[] {
  const path = [layer];
  for (let at = reader.get(layer)!; at !== layer; at = reader.get(at)!) path.push(at);
  return [...path, layer].reverse();
}
