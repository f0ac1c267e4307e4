import { AddressRanges, AllowedOrigins } from "@rtmp/transport-node";

/** A port to listen on: 0 takes any free one, `off` opens no listener. */
export type PortOption = number | "off";

/**
 * Reads a port of the command line.
 *
 * @throws RangeError unless the text is a number from 0 to 65535, or `off`
 */
export function parsePort(text: string): PortOption {
  return numberOr("off", text, "a port", 65_535);
}

/** How long media is gathered before it is handed out, in milliseconds; `auto` fits it to the number of players. */
export type MergeWindowOption = number | "auto";

/**
 * Reads a merge window of the command line.
 *
 * @throws RangeError unless the text is a whole number from 0 to 10000, or `auto`
 */
export function parseMergeWindow(text: string): MergeWindowOption {
  return numberOr("auto", text, "a whole number", 10_000);
}

/**
 * Reads an address or a host name of the command line.
 *
 * @throws RangeError when the text is empty or has white space; an empty host would bind every address
 */
export function parseHost(text: string): string {
  if (!/^\S+$/.test(text)) throw new RangeError("Expected an address or a host name.");
  return text;
}

/**
 * Reads the name of a file of the command line.
 *
 * @throws RangeError when the text is empty
 */
export function parseFile(text: string): string {
  if (text === "") throw new RangeError("Expected the name of a file.");
  return text;
}

/**
 * Reads an address or a range of addresses of the command line.
 *
 * @throws RangeError when the text is neither
 */
export function parseRange(text: string): string {
  // Nothing but this knows what a range is.
  void new AddressRanges([text]);
  return text;
}

/**
 * Reads an origin of pages of the command line.
 *
 * @throws RangeError unless it is one, or `*` for all
 */
export function parseOrigin(text: string): string {
  try {
    void new AllowedOrigins(text === "*" ? "all" : [text]);
  } catch {
    throw new RangeError("Expected an origin such as https://example.com, or *.");
  }
  return text;
}

/** Returns a reader that takes one of `values` and throws a RangeError that lists them for anything else. */
export function oneOf<const T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw new RangeError(`Expected one of ${values.join(", ")}.`);
    return value;
  };
}

function numberOr<const T extends string>(
  word: T,
  text: string,
  what: string,
  max: number,
): number | T {
  if (text === word) return word;

  // Both bounds have five digits.
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) throw new RangeError(`Expected ${what} from 0 to ${max}, or ${word}.`);
  return value;
}
