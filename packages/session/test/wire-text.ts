import { hex, toHex } from "@rtmp/testing";

/**
 * Turns hand-written bytes into hex text as `toHex` writes it: hex digits, and ASCII text in quotes.
 *
 *   wire('02 00 07 "_result"')  ->  02 00 07 5f 72 65 73 75 6c 74
 */
export function wire(text: string): string {
  const digits = text.replaceAll(/"([^"]*)"/g, (_, ascii: string) =>
    Array.from(ascii, (character) => (character.codePointAt(0) ?? 0).toString(16)).join(""),
  );
  return toHex(hex(digits));
}

/** The bytes of {@link wire}. */
export function wireBytes(text: string): Uint8Array {
  return hex(wire(text));
}
