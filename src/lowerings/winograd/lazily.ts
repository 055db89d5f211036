/** Values that are made when they are first asked for, so that nothing is emitted that nobody uses, and nothing twice. */

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** By its arguments. */
export function remembered<A extends readonly number[], T>(make: (...args: A) => T): (...args: A) => T {
  const known = new Map<string, () => T>();
  return (...args) => {
    const key = args.join(",");
    const value = known.get(key) ?? once(() => make(...args));
    known.set(key, value);
    return value();
  };
}

/** An object whose properties are made when they are first read. */
export function lazily<T extends object>(makers: { readonly [K in keyof T]: () => T[K] }): T {
  const target = {} as T;
  for (const key of Object.keys(makers) as (keyof T)[]) {
    Object.defineProperty(target, key, { enumerable: true, get: once(makers[key]) });
  }
  return target;
}

/** Makes all properties of such an object, in their order. */
export function allMade<T extends object>(lazy: T): T {
  Object.values(lazy);
  return lazy;
}
