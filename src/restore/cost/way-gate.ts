/**
 * Lets in at the same time only work of one way. Sessions of one way hold the memory that those of another need, and are
 * given back when the way changes.
 */
export class WayGate {
  private way: string | undefined;
  private inside = 0;
  private readonly waiting: { readonly way: string; enter(): void }[] = [];

  /** Runs the work once no work of another way is under way; in the order of the calls. */
  async pass<T>(way: string, work: () => Promise<T>): Promise<T> {
    await this.enter(way);
    try {
      return await work();
    } finally {
      this.inside--;
      this.letIn();
    }
  }

  private async enter(way: string): Promise<void> {
    await new Promise<void>((enter) => {
      this.waiting.push({ way, enter });
      this.letIn();
    });
  }

  private letIn(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (this.inside > 0 && next.way !== this.way) return;
      this.waiting.shift();
      this.way = next.way;
      this.inside++;
      next.enter();
    }
  }
}
