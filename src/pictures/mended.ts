/** What became of a file that breaks its format's rules: a sound one with the same samples, or why there is none. */
export type Mended = { readonly bytes: Uint8Array; readonly notes: readonly string[] } | { readonly damage: string };
