export const raising = { about: '', seeds: () => [] };
