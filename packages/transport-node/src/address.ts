/** IP addresses as text: how they are written, which ranges they are in, and whose limits they count towards. */

import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

const groupsOf64Bits = 4;
const groupsOf128Bits = 8;

const mapped = /^::ffff:(?:(\d+\.[\d.]+)|([\da-f]{1,4}):([\da-f]{1,4}))$/i;

/** Writes an IPv4 address that came through an IPv6 socket as IPv4, and leaves out the zone of an IPv6 address. */
export function plainAddress(address: string): string {
  const [, dotted, high, low] = mapped.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return address.replace(/%.*$/s, "");
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 0xff, second >> 8, second & 0xff].join(".");
}

/** Writes `address:port`, with IPv6 in brackets; `unknown` when there is none. */
export function formatAddress(address: string | undefined, port: number | undefined): string {
  if (address === undefined || port === undefined) return "unknown";

  const plain = plainAddress(address);
  return isIPv6(plain) ? `[${plain}]:${port}` : `${plain}:${port}`;
}

/** Returns the address of `address:port`, without brackets. */
export function addressOf(remote: string): string {
  return remote.slice(0, remote.lastIndexOf(":")).replaceAll(/[[\]]/g, "");
}

/** Whether a plain address is that of the machine itself. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/**
 * Returns what a plain address counts as in limits: an IPv6 address counts as its network of 64 bits, of which one
 * customer has all.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;

  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    // An IPv4 address at the end takes the room of two groups.
    const behind = tail === "" ? 0 : tail.split(":").length + (tail.includes(".") ? 1 : 0);
    while (groups.length + behind < groupsOf128Bits) groups.push("0");
    groups.push(...tail.split(":"));
  }
  const network = groups.slice(0, groupsOf64Bits).map((group) => Number.parseInt(group, 16));
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}

/** Ranges of IP addresses, such as those of proxies that are trusted. */
export class AddressRanges {
  readonly #ranges = new BlockList();
  readonly #isEmpty: boolean;

  /**
   * @param texts  each an address, or an address, a slash and the number of bits that count: `10.0.0.0/8`, `fd00::/8`
   * @throws RangeError when one is neither
   */
  constructor(texts: readonly string[]) {
    this.#isEmpty = texts.length === 0;
    for (const text of texts) {
      const { address, bits } = parseRange(text);
      this.#ranges.addSubnet(address, bits, familyOf(address));
    }
  }

  /** Whether a plain address is in one of the ranges. */
  includes(address: string): boolean {
    return !this.#isEmpty && this.#ranges.check(address, familyOf(address));
  }
}

/**
 * Cuts a range of addresses: `10.0.0.0/8` is 10.0.0.0 and 8, a bare address all of its bits.
 *
 * @throws RangeError when the text is none
 */
function parseRange(text: string): { readonly address: string; readonly bits: number } {
  const [, address = "", digits] = /^([\d.a-f:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const all = isIPv4(address) ? 32 : 128;
  const bits = digits === undefined ? all : Number(digits);
  if (isIP(address) === 0 || bits > all) {
    throw new RangeError(`Expected an address or a range such as 10.0.0.0/8, not ${text}.`);
  }
  return { address, bits };
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
