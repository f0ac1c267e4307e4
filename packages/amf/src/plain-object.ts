import type { AmfInput } from "./values.ts";

/** Named values that are about to be written. */
export type Properties = Readonly<Record<string, AmfInput>>;

/** Whether an object is written by its own properties alone. */
export function isPlain(value: object): value is Properties {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
