import { type Diagnostic, error, type Place } from "../../base/diagnostics.js";
import { nearest } from "../../base/nearest.js";
import { remedy } from "../../base/remedy.js";

export type ConfigValue = number | string | boolean;

/** A value as people type it: true, false and numbers as such, anything else as text. */
export function configValue(text: string): ConfigValue {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

/** Where the value of a key was given, or is missing, for messages. */
export type ConfigPlace = (key: string) => Place;

/** Hyper-parameters that the user gives, checked against those that the shapes show. Collects what is wrong. */
export class Config {
  readonly found: Diagnostic[] = [];
  private readonly values: ReadonlyMap<string, ConfigValue>;
  /** Where the value of a key was given, or is missing. */
  readonly placeOf: ConfigPlace;

  constructor(values: ReadonlyMap<string, ConfigValue>, place: ConfigPlace = (key) => ({ place: key })) {
    this.values = values;
    this.placeOf = place;
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  /** A number that is given, or the default. */
  number(key: string, fallback: number): number {
    const value = this.values.get(key);
    if (value === undefined) return fallback;
    if (typeof value === "number") return value;
    this.found.push(
      error("import/bad-config", `the value of "${key}" must be a number, not ${JSON.stringify(value)}`, {
        ...this.placeOf(key),
        hint: `write ${key} with a number, such as ${fallback}`,
      }),
    );
    return fallback;
  }

  /** A whole number of at least `least` that is given, or the default. */
  integer(key: string, fallback: number, least = 1): number {
    const value = this.number(key, fallback);
    if (Number.isInteger(value) && value >= least) return value;
    this.found.push(
      error("import/bad-config", `"${key}" must be a whole number of at least ${least}, not ${value}`, {
        ...this.placeOf(key),
        hint: `the usual value is ${fallback}`,
      }),
    );
    return fallback;
  }

  /** A number above 0 that is given, or the default. */
  positive(key: string, fallback: number): number {
    const value = this.number(key, fallback);
    if (value > 0) return value;
    this.found.push(
      error("import/bad-config", `"${key}" must be above 0, not ${value}`, {
        ...this.placeOf(key),
        hint: `the usual value is ${fallback}`,
      }),
    );
    return fallback;
  }

  /** Several numbers, given with commas between, or one for all of them; or the defaults. */
  numbers(key: string, fallback: readonly number[]): readonly number[] {
    const value = this.values.get(key);
    if (value === undefined) return fallback;
    const given = typeof value === "string" ? value.split(",").map(configValue) : [value];
    const [first] = given;
    if (given.every((each) => typeof each === "number")) {
      if (given.length === fallback.length) return given;
      if (given.length === 1) return fallback.map(() => Number(first));
    }
    this.found.push(
      error(
        "import/bad-config",
        `the value of "${key}" must be ${numbersText(fallback.length)}, not ${JSON.stringify(value)}`,
        {
          ...this.placeOf(key),
          hint: `write ${key} with numbers, such as ${fallback.join(",")}`,
        },
      ),
    );
    return fallback;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.values.get(key);
    if (value === undefined) return fallback;
    if (typeof value === "boolean") return value;
    this.found.push(
      error("import/bad-config", `the value of "${key}" must be true or false, not ${JSON.stringify(value)}`, {
        ...this.placeOf(key),
        hint: "write true or false without quotes",
      }),
    );
    return fallback;
  }

  text(key: string, allowed: readonly string[]): string | undefined {
    const value = this.values.get(key);
    if (value === undefined || (typeof value === "string" && allowed.includes(value)))
      return value as string | undefined;
    const near = nearest(String(value), allowed);
    this.found.push(
      error("import/bad-config", `"${key}" must be one of ${allowed.join(", ")}, not ${JSON.stringify(value)}`, {
        ...this.placeOf(key),
        hint: near ? `did you mean "${near}"?` : "use one of them, or leave it out",
      }),
    );
    return undefined;
  }

  /** Notes a value that checkpoints do not hold and that has no safe default. */
  require(key: string, publicDefault: string): void {
    if (this.values.has(key)) return;
    this.found.push(
      error("import/missing-config", `the checkpoint does not show "${key}"`, {
        ...this.placeOf(key),
        ...remedy`give it with ${{ flag: `--set ${key}=… or --config`, library: `the option config, a Map with "${key}"` }}; the published code uses ${publicDefault}`,
      }),
    );
  }

  /** Notes a value that is given but contradicts what the shapes show. */
  confirm(key: string, shown: ConfigValue): void {
    const value = this.values.get(key);
    if (value === undefined || value === shown) return;
    this.found.push(
      error(
        "import/config-contradicts-shapes",
        `"${key}" is given as ${JSON.stringify(value)}, but the tensors' shapes say ${JSON.stringify(shown)}`,
        {
          ...this.placeOf(key),
          hint: "leave it out, or give the checkpoint that it belongs to",
        },
      ),
    );
  }
}

const numbersText = (count: number): string =>
  count === 1 ? "a number" : `a number, or ${count} numbers with commas between`;
