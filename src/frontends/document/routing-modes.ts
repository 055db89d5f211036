/** The names of the ways to re-target a document's routers, which help loads without what they do. */
export const ROUTING_MODES = ["hard", "exact", "merged", "dense"] as const;
export type RoutingMode = (typeof ROUTING_MODES)[number];
