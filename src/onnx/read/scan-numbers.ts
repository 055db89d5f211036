import type { ScalarType } from "../graph/messages.js";
import { WireFault } from "./wire-fault.js";

/** Bytes of one packed value; null for varints. */
export const NUMBER_WIDTHS: Readonly<Partial<Record<ScalarType, number | null>>> = {
  "float-numbers": 4,
  "double-numbers": 8,
  "int32-numbers": null,
  "int64-numbers": null,
};

/** Counts packed values piece by piece, without keeping them. */
export class PackedCounter {
  private complete = 0;
  private bytes = 0;
  private inVarint = 0;

  constructor(
    private readonly width: number | null,
    /** Offset in the file of the first value. */
    private readonly offset: number,
  ) {}

  /** @throws WireFault for a varint of more than 10 bytes. */
  push(piece: Uint8Array): void {
    if (this.width === null) this.pushVarints(piece);
    this.bytes += piece.length;
  }

  /** @throws WireFault when the last value is incomplete. */
  finish(): number {
    if (this.inVarint > 0) throw new WireFault("onnx/wire-truncated", this.offset + this.bytes);
    if (this.width === null) return this.complete;
    if (this.bytes % this.width !== 0) throw new WireFault("onnx/wire-packed", this.offset);
    return this.bytes / this.width;
  }

  private pushVarints(piece: Uint8Array): void {
    for (let i = 0; i < piece.length; i++) {
      this.inVarint++;
      if (piece[i]! < 128) {
        this.complete++;
        this.inVarint = 0;
      } else if (this.inVarint === 10) {
        throw new WireFault("onnx/wire-varint", this.offset + this.bytes + i);
      }
    }
  }
}
