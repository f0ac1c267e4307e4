/** The elements that the names of codecs have in common; AV1-ISOBMFF §5, VP Codec ISO Media File Format Binding §2.4. */

const unspecified = 2;
const usualPoint = 1;

/** Writes a number from 0 in at least two decimal digits. */
export function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/**
 * Writes a code point of H.273 in at least two decimal digits.
 *
 * What is not specified is left to the player, so it is written as the point of names that leave the element out.
 *
 * @param point  UI8; 2 is not specified
 */
export function colorPoint(point: number = unspecified): string {
  return twoDigits(point === unspecified ? usualPoint : point);
}
