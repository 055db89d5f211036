export const queue = { about: '', seeds: () => [] };
