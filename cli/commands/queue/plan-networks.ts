/** The networks of the plans that a worker meets: each is opened with its first picture, and closed for another's. */
import { defaultMemory } from "../../../src/restore/cost/memory-node.js";
import { type OpenNetwork, openNetworkFile } from "../../models/open-network.js";
import { Turns } from "../../pictures/in-flight.js";
import { hashOfFiles, type Journal, openJournal } from "../../pictures/journal.js";
import { type Done, doneBy } from "../../restoring/done.js";
import { decisiveOptions, networkOptionsOf } from "../../restoring/restore-options.js";
import type { Output } from "../../terminal/output.js";
import { lessMemory, otherModel } from "./errors.js";
import { formatOf, type WorkPlan } from "./plan.js";

export interface PlanNetwork {
  readonly plan: WorkPlan;
  readonly network: OpenNetwork;
  readonly done: Done;
  /** Room in the network. */
  readonly turns: Turns;
}

interface Held {
  readonly opening: Promise<PlanNetwork & { readonly journal: Journal }>;
  users: number;
}

export class PlanNetworks {
  private readonly held = new Map<string, Held>();
  private readonly read: (id: string) => Promise<WorkPlan>;
  private readonly jobs: number | undefined;
  private readonly output: Pick<Output, "report" | "note">;

  /** @param jobs workers of each network; as many as there are cores where it is undefined */
  constructor(
    read: (id: string) => Promise<WorkPlan>,
    jobs: number | undefined,
    output: Pick<Output, "report" | "note">,
  ) {
    this.read = read;
    this.jobs = jobs;
    this.output = output;
  }

  /** @throws SmxcError as `openNetworkFile`; where model or version are not those of the plan */
  async use<T>(id: string, work: (opened: PlanNetwork) => Promise<T>): Promise<T> {
    let held = this.held.get(id);
    if (held === undefined) {
      await this.closeWhere(({ users }) => users === 0);
      held = this.held.get(id) ?? { opening: this.open(id), users: 0 };
      this.held.set(id, held);
    }
    held.users++;
    try {
      return await work(await held.opening);
    } finally {
      held.users--;
    }
  }

  async close(): Promise<void> {
    await this.closeWhere(() => true);
  }

  private async open(id: string): Promise<PlanNetwork & { readonly journal: Journal }> {
    const plan = await this.read(id);
    const { memory, jobs: plannedJobs } = plan.machine;
    const options = { ...networkOptionsOf({ ...plan.options, jobs: this.jobs }, true), memory, plannedJobs };
    const network = await openNetworkFile(plan.model, options, this.output);
    const needed = memory * Math.max(1, network.parallel / plannedJobs);
    const machine = 2 * defaultMemory();
    if (needed > machine) this.output.report(lessMemory(needed, machine));
    try {
      if ((await hashOfFiles(network.files)) !== plan.sha256) throw otherModel(plan.model);
      const journal = await openJournal(plan.folder);
      const done = await doneBy(journal, network.files, decisiveOptions(plan.options, formatOf(plan)));
      return { plan, network, journal, done, turns: new Turns(network.parallel) };
    } catch (cause) {
      await network.close();
      throw cause;
    }
  }

  private async closeWhere(holds: (held: Held) => boolean): Promise<void> {
    for (const [id, held] of this.held) {
      if (!holds(held)) continue;
      this.held.delete(id);
      const opened = await held.opening.catch(() => undefined);
      await opened?.journal.close();
      await opened?.network.close();
    }
  }
}
