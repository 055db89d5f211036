/** The names defined so far in a graph and in the graphs around it. */
export class Scope {
  private readonly names = new Set<string>();

  constructor(private readonly parent: Scope | null) {}

  define(name: string): void {
    this.names.add(name);
  }

  definesHere(name: string): boolean {
    return this.names.has(name);
  }

  defines(name: string): boolean {
    return this.names.has(name) || (this.parent?.defines(name) ?? false);
  }
}
