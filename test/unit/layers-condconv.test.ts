/** How the flat bank of a CondConv is cut: what the shapes tell, and what must be given. */
import { describe, expect, it } from "vitest";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { importModel } from "../../src/frontends/checkpoints/import.js";
import { store, valuesOf } from "./layers/model.js";

interface Bank {
  readonly channels: number;
  readonly row: number;
  /** Output channels of a bias. */
  readonly bias?: number;
  readonly config?: Readonly<Record<string, ConfigValue>>;
}

function imported({ channels, row, bias, config = {} }: Bank) {
  const shapes = {
    "routing_fn.weight": [3, channels],
    "routing_fn.bias": [3],
    weight: [3, row],
    ...(bias === undefined ? {} : { bias: [3, bias] }),
  };
  const warnings: Diagnostic[] = [];
  const { document } = importModel(store(valuesOf(shapes)), {
    config: new Map(Object.entries(config)),
    report: (warning) => warnings.push(warning),
  });
  const layer = document.layers.find((each) => each.op === "mix_conv")!;
  return { cut: { out: layer.out, kernel: layer.kernel, groups: layer.groups }, warnings };
}

function refused(bank: Bank): readonly Diagnostic[] {
  try {
    imported(bank);
  } catch (cause) {
    if (cause instanceof SmxcError) return cause.diagnostics;
    throw cause;
  }
  throw new Error("nothing was refused");
}

describe("the bank of a CondConv", () => {
  it.each([
    ["with a bias", { channels: 6, row: 8 * 6 * 9, bias: 8 }, { out: 8, kernel: 3, groups: 1 }],
    ["of 1x1 kernels with a bias", { channels: 6, row: 8 * 6, bias: 8 }, { out: 8, kernel: 1, groups: 1 }],
    ["of depthwise kernels with a bias", { channels: 8, row: 8 * 9, bias: 8 }, { out: 8, kernel: 3, groups: 8 }],
    [
      "with out_channels",
      { channels: 6, row: 8 * 6 * 25, config: { out_channels: 8 } },
      { out: 8, kernel: 5, groups: 1 },
    ],
    [
      "with kernel and groups",
      { channels: 8, row: 8 * 2 * 9, config: { kernel: 3, groups: 4 } },
      { out: 8, kernel: 3, groups: 4 },
    ],
  ] as const)("%s tells all sizes", (_, bank, cut) => {
    expect(imported(bank)).toEqual({ cut, warnings: [] });
  });

  it("that fits a pointwise and a depthwise layer is taken as the one of fewer groups, with a warning", () => {
    const { cut, warnings } = imported({ channels: 9, row: 81, bias: 9 });
    expect(cut).toEqual({ out: 9, kernel: 1, groups: 1 });
    expect(warnings).toMatchObject([
      { code: "import/two-readings", hint: expect.stringContaining("kernel 3, 9 groups") },
    ]);
    expect(imported({ channels: 9, row: 81, bias: 9, config: { kernel: 3 } }).cut.groups).toBe(9);
  });

  it("without anything that tells its output channels is refused, with what they can be", () => {
    expect(refused({ channels: 6, row: 8 * 6 * 9 })).toMatchObject([
      {
        code: "import/missing-config",
        place: "weight",
        hint: expect.stringContaining("--set out_channels=8 (kernel 3, 1 group)"),
      },
    ]);
  });

  it("that is no kernel of the given sizes is refused", () => {
    expect(refused({ channels: 6, row: 8 * 6 * 9, config: { out_channels: 7 } })).toMatchObject([
      { code: "import/no-reading", place: "weight" },
    ]);
  });

  it("whose bias has other channels than are given is refused", () => {
    const codes = refused({ channels: 6, row: 8 * 6 * 9, bias: 8, config: { out_channels: 6 } }).map(
      ({ code }) => code,
    );
    expect(codes).toContain("import/config-contradicts-shapes");
  });
});
