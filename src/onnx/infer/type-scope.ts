import type { TypeInfo } from "./type-info.js";

/** Types by name, in a graph and those around it. */
export class TypeScope {
  private readonly types = new Map<string, TypeInfo>();

  constructor(private readonly outer: TypeScope | null) {}

  get(name: string): TypeInfo | undefined {
    return this.types.get(name) ?? this.outer?.get(name);
  }

  set(name: string, type: TypeInfo): void {
    this.types.set(name, type);
  }

  entries(): Iterable<[string, TypeInfo]> {
    return this.types.entries();
  }
}
