const maxPort = 65_535;

/** A port to listen on: 0 takes any free one, `off` opens no listener. */
export type PortOption = number | "off";

/**
 * Reads a port of the command line.
 *
 * @throws RangeError unless the text is a number from 0 to 65535, or `off`
 */
export function parsePort(text: string): PortOption {
  if (text === "off") return "off";

  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= maxPort)) throw new RangeError("Expected a port from 0 to 65535, or off.");
  return port;
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

/** Returns a reader that takes one of `values` and throws a RangeError that lists them for anything else. */
export function oneOf<const T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw new RangeError(`Expected one of ${values.join(", ")}.`);
    return value;
  };
}
