/** What each patch of a picture got of a network's routers, and where it lies. */
import { type PatchRule, patchGrid } from "../../../src/ir/patch-rule.js";
import type { Betas } from "../../../src/runtime/web.js";
import type { PatchShares } from "./protocol.js";

interface Router {
  readonly experts: number;
  readonly shares: number[];
}

/** Collects what `onBetas` gets, which comes in the order of the patches. */
export class PatchCollector {
  private readonly routers = new Map<string, Router>();

  add(betas: Betas): void {
    for (const [name, { shape, data }] of betas) {
      const [samples, experts, cardinals] = shape as readonly [number, number, number];
      const router = this.routers.get(name) ?? { experts, shares: [] };
      this.routers.set(name, router);
      for (let row = 0; row < samples * experts; row++) {
        const block = data.subarray(row * cardinals, (row + 1) * cardinals);
        router.shares.push(block.reduce((sum, value) => sum + value, 0) / cardinals);
      }
    }
  }

  /** Undefined for a picture that was not cut into patches. */
  on(rule: PatchRule | undefined, height: number, width: number): PatchShares | undefined {
    if (rule === undefined || this.routers.size === 0) return undefined;
    const { patches, rows, cut } = patchGrid(rule, height, width);
    const fits = [...this.routers.values()].every(({ experts, shares }) => shares.length === patches.length * experts);
    if (cut === 0 || !fits) return undefined;
    // As they run: from the top to the bottom.
    const places = patches
      .toSorted((a, b) => a.row - b.row || a.column - b.column)
      .map(({ row, column }) => ({ left: column, top: row }));
    return { places, side: rows.inner, routers: this.routers };
  }
}
