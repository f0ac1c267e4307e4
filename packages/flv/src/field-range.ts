/** Ranges of the fields that an encoder is given. */

const minI24 = -(2 ** 23);
const maxI24 = 2 ** 23 - 1;

/**
 * Checks a field before it is written.
 *
 * @throws RangeError unless `value` is a whole number from `min` to `max`
 */
export function checkField(name: string, value: number, max: number, min = 0): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
  }
}

/**
 * Checks a composition time offset.
 *
 * @throws RangeError unless it fits in an SI24
 */
export function checkCompositionTime(value: number): void {
  checkField("compositionTimeOffset", value, maxI24, minI24);
}
