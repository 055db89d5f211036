/** The Scan over the strips of a canvas. */
import type { Dim, Shape } from "../../ir/dim.js";
import { GraphEmitter, valueInfo } from "../emitter.js";

/** What each strip gives. */
export interface StripOutput {
  /** In the body. */
  readonly value: string;
  readonly label: string;
  readonly shape: Shape;
}

export class StripScan {
  /** Of the body. */
  readonly e: GraphEmitter;
  private readonly outer: GraphEmitter;
  private readonly name: string;
  private readonly feeds: string[] = [];
  private readonly infos: ReturnType<typeof valueInfo>[] = [];

  /** @param name of the layer */
  constructor(outer: GraphEmitter, name: string) {
    this.outer = outer;
    this.name = name;
    this.e = new GraphEmitter(outer.options, outer, "enclosing");
  }

  /** A strip's part of a value that lies strip after strip, [strips, …shape]. */
  feed(label: string, value: string, shape: Shape, type: "FLOAT" | "INT64" = "FLOAT"): string {
    const input = this.e.fresh(`${this.name}/${label}`);
    this.feeds.push(value);
    this.infos.push(valueInfo(input, shape, type));
    return input;
  }

  /** Emits the Scan. @returns what the strips give, one after the other, by label */
  finish(strips: Dim, outputs: readonly StripOutput[]): ReadonlyMap<string, string> {
    const named = outputs.map((output) => ({ ...output, name: this.outer.fresh(`${this.name}/${output.label}`) }));
    const body = this.e.finish(
      `${this.name}/strip`,
      this.infos,
      named.map(({ value, shape }) => valueInfo(value, shape)),
    );
    this.outer.multi(
      "Scan",
      `${this.name}/each_strip`,
      this.feeds,
      named.map(({ name, shape }) => ({ name, shape: [strips, ...shape] })),
      { body: { g: body }, num_scan_inputs: this.feeds.length },
    );
    return new Map(named.map(({ label, name }) => [label, name]));
  }
}
