/** How fast this machine is, learnt from what it did: so that the time of a run can be shown before its end. */
import type { WebProvider } from "../engine/protocol.js";

export interface RunKind {
  /** The network, and what its routers look at. */
  readonly network: string;
  readonly provider: WebProvider;
}

/** Seconds per second that src/restore/cost predicts, before anything ran: measured on two cores. Adapters differ too much for a guess. */
const FIRST: Readonly<Record<WebProvider, number | undefined>> = { wasm: 5, webgpu: undefined };

export class Pace {
  /** Seconds per pixel of each kind of run. */
  private readonly speeds = new Map<string, number>();
  /** Seconds per predicted second. */
  private readonly machine = new Map<WebProvider, number>();

  /** @returns seconds; undefined where nothing is known */
  expected(kind: RunKind, pixels: number, predicted: number | undefined): number | undefined {
    const speed = this.speeds.get(keyOf(kind));
    if (speed !== undefined) return speed * pixels;
    const pace = this.machine.get(kind.provider) ?? FIRST[kind.provider];
    return predicted === undefined || pace === undefined ? undefined : predicted * pace;
  }

  learn(kind: RunKind, pixels: number, seconds: number, predicted: number | undefined): void {
    this.speeds.set(keyOf(kind), seconds / pixels);
    if (predicted !== undefined && predicted > 0) this.machine.set(kind.provider, seconds / predicted);
  }
}

function keyOf({ network, provider }: RunKind): string {
  return `${network} ${provider}`;
}
