/**
 * Turns hex text into bytes; white space is skipped, and printable ASCII in double quotes stands for itself.
 *
 *   hex('02 0004 "play"')  ->  02 00 04 70 6c 61 79
 *
 * @throws TypeError when a character is not a hex digit, a digit is left over, or a quote is not closed
 */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text
    .replaceAll(/"([\x20-\x7e]*?)"/g, (_, ascii: string) => digitsOf(ascii))
    .replaceAll(/\s+/g, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new TypeError(`not hex: ${text}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16),
  );
}

function digitsOf(ascii: string): string {
  return Array.from(ascii, (_, i) => ascii.charCodeAt(i).toString(16)).join("");
}

/** Turns bytes into hex text: two digits a byte, one space between bytes. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
