export const islands = { about: '', seeds: () => [] };
