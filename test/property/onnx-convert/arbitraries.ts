import fc from "fast-check";

export const seed = fc.integer({ min: 0, max: 1000 });
export const size = fc.integer({ min: 1, max: 5 });
export const shape = (minLength: number, maxLength = minLength) => fc.array(size, { minLength, maxLength });
export const opset = (min: number, max: number) => fc.integer({ min, max });
export const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
/** Some of the axes of a tensor, at least one. */
export const axesOf = (rank: number) => fc.subarray([...Array(rank).keys()], { minLength: 1 });
