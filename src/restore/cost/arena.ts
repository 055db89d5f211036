/**
 * ONNX Runtime's arena (`BFCArena`): it takes regions that double, hands out the smallest free chunk that fits, and never
 * gives a region back. What it touched once stays in the process, and so the memory of a run is more than what is alive at
 * one time. Source: onnxruntime/core/framework/bfc_arena.cc, version 1.30.
 */

const GRAIN = 256;
const FIRST_REGION = 2 ** 20;
const LARGEST_REGION = 2 ** 30;
/** A chunk that is larger by so much than what is asked for is split. */
const MOST_UNUSED = 2 ** 27;

/** Bytes that were handed out. */
export interface Chunk {
  readonly region: Region;
  readonly from: number;
  readonly size: number;
}

interface Free {
  from: number;
  size: number;
}

interface Region {
  readonly size: number;
  readonly order: number;
  /** Bytes from its beginning that were written at any time. */
  touched: number;
  /** In order. */
  free: readonly Free[];
}

export class Arena {
  private readonly regions: Region[] = [];
  private next = FIRST_REGION;

  /** Bytes that are in memory. */
  get touched(): number {
    return this.regions.reduce((sum, { touched }) => sum + touched, 0);
  }

  allocate(bytes: number): Chunk {
    const wanted = Math.max(GRAIN, Math.ceil(bytes / GRAIN) * GRAIN);
    const found = this.find(wanted) ?? this.extend(wanted);
    const { region, free } = found;
    const isSplit = free.size >= 2 * wanted || free.size - wanted >= MOST_UNUSED;
    const size = isSplit ? wanted : free.size;
    const rest = isSplit ? [{ from: free.from + size, size: free.size - size }] : [];
    region.free = region.free.flatMap((each) => (each === free ? rest : [each]));
    region.touched = Math.max(region.touched, free.from + wanted);
    return { region, from: free.from, size };
  }

  free({ region, from, size }: Chunk): void {
    const joined: Free[] = [];
    for (const each of [...region.free, { from, size }].sort((a, b) => a.from - b.from)) {
      const last = joined.at(-1);
      if (last !== undefined && last.from + last.size === each.from) last.size += each.size;
      else joined.push({ ...each });
    }
    region.free = joined;
  }

  /** The smallest; of equal ones that at the lowest address, and later regions lie lower. */
  private find(wanted: number): { readonly region: Region; readonly free: Free } | undefined {
    let best: { readonly region: Region; readonly free: Free } | undefined;
    for (const region of this.regions)
      for (const free of region.free) {
        if (free.size < wanted) continue;
        const isBetter =
          best === undefined ||
          free.size < best.free.size ||
          (free.size === best.free.size && region.order > best.region.order);
        if (isBetter) best = { region, free };
      }
    return best;
  }

  private extend(wanted: number): { readonly region: Region; readonly free: Free } {
    let isDoubled = false;
    while (this.next < wanted && this.next < LARGEST_REGION) {
      this.next *= 2;
      isDoubled = true;
    }
    const size = Math.max(this.next, wanted);
    if (!isDoubled) this.next = Math.min(LARGEST_REGION, this.next * 2);
    const free = { from: 0, size };
    const region = { size, order: this.regions.length, touched: 0, free: [free] };
    this.regions.push(region);
    return { region, free };
  }
}
