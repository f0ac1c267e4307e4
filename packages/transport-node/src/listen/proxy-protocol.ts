/**
 * The header that a proxy puts in front of a connection to say whose it is: PROXY protocol, versions 1 and 2.
 *
 *   version 1: "PROXY TCP4 192.0.2.1 198.51.100.1 40000 1935\r\n", 107 bytes at most
 *              "PROXY UNKNOWN" and anything up to "\r\n"
 *
 *   version 2: 0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a   signature
 *              UI8   version (4 bits: 2), command (4 bits: 0 LOCAL, 1 PROXY)
 *              UI8   family (4 bits: 0 unspecified, 1 IPv4, 2 IPv6, 3 UNIX), protocol (4 bits: 0, 1 stream, 2 datagram)
 *              UI16  bytes that follow: addresses, then type-length-value fields, which are skipped
 *
 * HAProxy, "The PROXY protocol, versions 1 & 2", sections 2.1 and 2.2
 */

import { isIPv4, isIPv6 } from "node:net";

import { TransportError } from "../errors.ts";

const signature1 = Uint8Array.from("PROXY ", (letter) => letter.charCodeAt(0));
const signature2 = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10);
const maxBytes1 = 107;
const fixedBytes2 = 16;
const lineFeed = 0x0a;
const isIP = { TCP4: isIPv4, TCP6: isIPv6 } as const;
// Both addresses and both ports, by family.
const addressBytes2 = [0, 12, 36, 216] as const;

/** Whose connection it is, as the proxy saw it. */
interface ProxiedSource {
  /** An IP address, without brackets. */
  readonly address: string;
  readonly port: number;
}

/** What the first bytes of a connection are: a whole header, the start of one, or something else. */
export type ProxyHeader =
  | {
      readonly kind: "header";
      /** Bytes of the header; what follows is the connection itself. */
      readonly length: number;
      /** Undefined when the proxy speaks for itself, or for a client without an IP address. */
      readonly source: ProxiedSource | undefined;
    }
  | { readonly kind: "incomplete" }
  | { readonly kind: "none" };

/** Says whether bytes begin with a header: yes, no, or not to be told yet. */
export function beginsProxyHeader(bytes: Uint8Array): "yes" | "no" | "undecided" {
  const signature = bytes[0] === signature2[0] ? signature2 : signature1;
  const count = Math.min(bytes.length, signature.length);
  for (let index = 0; index < count; index++) {
    if (bytes[index] !== signature[index]) return "no";
  }
  return count === signature.length ? "yes" : "undecided";
}

/**
 * Reads the header at the start of a connection.
 *
 * @param bytes     everything that has arrived
 * @param maxBytes  the longest header of version 2 that is put up with
 * @throws TransportError `RTMP_ERR_PROXY_HEADER` when it is broken or too long
 */
export function readProxyHeader(bytes: Uint8Array, maxBytes: number): ProxyHeader {
  const begins = beginsProxyHeader(bytes);
  if (begins === "no") return { kind: "none" };
  if (begins === "undecided") return { kind: "incomplete" };
  return bytes[0] === signature2[0] ? readVersion2(bytes, maxBytes) : readVersion1(bytes);
}

function readVersion1(bytes: Uint8Array): ProxyHeader {
  const end = bytes.subarray(0, maxBytes1).indexOf(lineFeed);
  if (end === -1) {
    if (bytes.length < maxBytes1) return { kind: "incomplete" };
    throw broken(`no line end within ${maxBytes1} bytes`);
  }
  const line = String.fromCharCode(...bytes.subarray(0, end));
  if (!line.endsWith("\r")) throw broken("the line does not end with CR LF");
  const header = { kind: "header", length: end + 1 } as const;

  const [, protocol, ...fields] = line.slice(0, -1).split(" ");
  if (protocol === "UNKNOWN") return { ...header, source: undefined };
  if (protocol !== "TCP4" && protocol !== "TCP6") throw broken("neither TCP4, TCP6 nor UNKNOWN");
  const [address = "", to = "", port = "", toPort = ""] = fields;
  const isRight = isIP[protocol](address) && isIP[protocol](to) && isPort(port) && isPort(toPort);
  if (!isRight || fields.length !== 4) throw broken("the addresses or ports cannot be read");
  return { ...header, source: { address, port: Number(port) } };
}

function readVersion2(bytes: Uint8Array, maxBytes: number): ProxyHeader {
  if (bytes.length < fixedBytes2) return { kind: "incomplete" };

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, command] = nibbles(view.getUint8(12));
  const [family, protocol] = nibbles(view.getUint8(13));
  const length = fixedBytes2 + view.getUint16(14);
  if (version !== 2 || command > 1) throw broken(`version ${version}, command ${command}`);
  if (length > maxBytes) throw broken(`${length} bytes are more than ${maxBytes}`);
  const needed = addressBytes2[family];
  if (needed === undefined || protocol > 2) throw broken(`family ${family}, protocol ${protocol}`);
  // A proxy that speaks for itself may say anything about addresses, or nothing.
  const isLocal = command === 0;
  if (!isLocal && length < fixedBytes2 + needed) throw broken("the addresses are cut off");
  if (bytes.length < length) return { kind: "incomplete" };
  return { kind: "header", length, source: isLocal ? undefined : readSource2(view, family) };
}

function readSource2(view: DataView, family: number): ProxiedSource | undefined {
  if (family === 1) {
    const parts = [0, 1, 2, 3].map((index) => view.getUint8(fixedBytes2 + index));
    return { address: parts.join("."), port: view.getUint16(fixedBytes2 + 8) };
  }
  if (family !== 2) return undefined;
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((index) => view.getUint16(fixedBytes2 + index));
  const long = groups.map((group) => group.toString(16)).join(":");
  // As RFC 5952 has it.
  const address = new URL(`http://[${long}]`).hostname.slice(1, -1);
  return { address, port: view.getUint16(fixedBytes2 + 32) };
}

function nibbles(byte: number): [high: number, low: number] {
  return [byte >> 4, byte & 0x0f];
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function broken(reason: string): TransportError {
  return new TransportError("RTMP_ERR_PROXY_HEADER", `PROXY protocol: ${reason}`);
}
