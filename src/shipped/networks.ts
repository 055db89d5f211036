/** The networks that come with smxc, by name. */
import type { ShippedNetwork } from "#models";

export type { ShippedNetwork };

/** All of them, in the order in which they are listed. Loaded when it is asked for: bundlers copy what the list names. */
export async function shippedNetworks(): Promise<readonly ShippedNetwork[]> {
  return (await import("#models")).NETWORKS;
}
