/**
 * Whose request it is that came through HTTP proxies.
 *
 *   X-Forwarded-For: 192.0.2.1, 10.0.0.7, 10.0.0.8
 *
 * Each proxy adds at the end whom it was asked by, so only what trusted proxies added can be believed: the answer is the
 * last address that is not one of theirs.
 */

import { isIP } from "node:net";

import { type AddressRanges, formatAddress, plainAddress } from "../address.ts";

/**
 * Returns who is behind a trusted proxy, as `address:port`, the port 0 where the proxy does not say it.
 *
 * @param header  the values of `X-Forwarded-For`, joined by commas
 * @returns undefined when the header names nobody
 */
export function forwardedFor(header: string, trusted: AddressRanges): string | undefined {
  let found: string | undefined;
  for (const hop of header.split(",").toReversed()) {
    const { address, port } = splitHop(hop.trim());
    // What stands behind something unreadable was added before it, by whoever.
    if (isIP(address) === 0) return found;
    found = formatAddress(address, port);
    if (!trusted.includes(address)) return found;
  }
  return found;
}

/** Cuts an address from its port, if it has one: `192.0.2.1:40000`, `[2001:db8::1]:40000`, `2001:db8::1`. */
function splitHop(hop: string): { readonly address: string; readonly port: number } {
  const [, bracketed, dotted, digits] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(hop) ?? [];
  return { address: plainAddress(bracketed ?? dotted ?? hop), port: Number(digits ?? 0) };
}
