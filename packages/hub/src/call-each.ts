/**
 * Calls something for each item; one call that throws costs the others nothing.
 *
 * @throws the first of what was thrown, when all have been called
 */
export function callEach<T>(items: Iterable<T>, call: (item: T) => void): void {
  let first: { readonly error: unknown } | undefined;
  for (const item of items) {
    try {
      call(item);
    } catch (error) {
      first ??= { error };
    }
  }
  if (first !== undefined) throw first.error;
}
