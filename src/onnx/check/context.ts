import type { GraphProto } from "../graph/records.js";
import type { Place } from "../place.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import type { ExternalDataFolder } from "./external-folder.js";
import type { OfFinding } from "./finding.js";
import type { RuleId } from "./rules.js";
import type { Scope } from "./scope.js";

export type Report = (rule: RuleId, place: Place, message: string, own?: OfFinding) => void;

/** What the rules of a part of the model need to know about its surroundings. */
export interface CheckContext {
  readonly schemas: SchemaRegistry;
  readonly irVersion: number;
  /** Version by domain, of the model or of the function around. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Not inside a sub-graph. The bodies of functions count as main, as in the official checker. */
  readonly isMainGraph: boolean;
  /** Ids of the functions that the model defines. */
  readonly functions: ReadonlySet<string>;
  /** The folder of the model file, where there is one. */
  readonly folder: ExternalDataFolder | null;
  /** Whether rules are asked for that the official checker does not have. */
  readonly isStrict: boolean;
  readonly report: Report;
  /** How a sub-graph is checked; `outer` are the names of the graph around it. */
  readonly checkGraph: (graph: GraphProto, place: Place, context: CheckContext, outer: Scope) => void;
  /** Reports only the first of what has the same key. */
  readonly reportOnce: (key: string, ...finding: Parameters<Report>) => void;
  /** Does something that has to wait for a file, after the walk over the model. */
  readonly later: (task: () => Promise<void>) => void;
}
