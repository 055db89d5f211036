/** Where in a model something is, kept as a chain so that the text is made only for what is reported. */
export class Place {
  private constructor(
    private readonly parent: Place | null,
    private readonly step: string,
    private readonly index: number | null,
    private readonly label: string | undefined,
  ) {}

  static root(name: string): Place {
    return new Place(null, name, null, undefined);
  }

  /** `parent.step` */
  member(step: string): Place {
    return new Place(this, `.${step}`, null, undefined);
  }

  /** `parent.step[index] "label"` */
  item(step: string, index: number, label?: string): Place {
    return new Place(this, `.${step}`, index, label);
  }

  /** `parent step "label"`, for what is known by name, such as an attribute. */
  named(step: string, label: string): Place {
    return new Place(this, ` ${step}`, null, label);
  }

  /** `parent step index`, for what is known by position, such as an input. */
  position(step: string, index: number): Place {
    return new Place(this, ` ${step} ${index}`, null, undefined);
  }

  /** Whether the way to this place leads through the other, the same object. */
  isInside(other: Place): boolean {
    for (let around = this.parent; around !== null; around = around.parent) if (around === other) return true;
    return false;
  }

  /** For example `graph.node[12] "b3.conv" input 1`; of a long way its beginning and its end. */
  toString(): string {
    const steps: string[] = [];
    for (let place: Place | null = this; place !== null; place = place.parent) steps.push(place.text());
    steps.reverse();
    if (steps.length <= LONGEST_WAY) return steps.join("");
    const half = LONGEST_WAY / 2;
    return `${steps.slice(0, half).join("")} … ${steps.slice(-half).join("")}`;
  }

  private text(): string {
    const index = this.index === null ? "" : `[${this.index}]`;
    const label = this.label === undefined || this.label === "" ? "" : ` ${quoted(this.label)}`;
    return `${this.step}${index}${label}`;
  }
}

/** Steps of a way that are shown. */
const LONGEST_WAY = 32;

const LONGEST_NAME = 120;

/** A name from a file, safe to print: control characters and lone surrogates escaped, cut when very long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);
}
