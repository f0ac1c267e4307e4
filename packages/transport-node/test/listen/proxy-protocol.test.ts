import { hex } from "@rtmp/testing";
import { TransportError } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

import { beginsProxyHeader, readProxyHeader } from "../../src/listen/proxy-protocol.ts";

const maxBytes = 300;
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const signature = "0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a";
const ipv4 = "c0 00 02 01 c6 33 64 01 9c 40 07 8f";
const ipv6 =
  "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 9c 40 07 8f";
const unix = "2f 74 6d 70".padEnd(216 * 3 - 1, " 00");
// PP2_TYPE_NOOP, two bytes of value.
const noop = "04 00 02 aa bb";

/** Headers, what they say of the source, and why they are here. */
const headers: [name: string, bytes: Uint8Array, source: unknown][] = [
  [
    "version 1, TCP4",
    ascii("PROXY TCP4 192.0.2.1 198.51.100.1 40000 1935\r\n"),
    { address: "192.0.2.1", port: 40_000 },
  ],
  [
    "version 1, TCP6",
    ascii("PROXY TCP6 2001:db8::1 2001:db8::2 65535 1935\r\n"),
    { address: "2001:db8::1", port: 65_535 },
  ],
  ["version 1, UNKNOWN alone", ascii("PROXY UNKNOWN\r\n"), undefined],
  [
    "version 1, UNKNOWN with addresses, the longest there is",
    ascii(`PROXY UNKNOWN ${"f".repeat(39)} ${"f".repeat(39)} 65535 65535\r\n`),
    undefined,
  ],
  [
    "version 2, IPv4",
    hex(`${signature} 21 11 00 0c ${ipv4}`),
    { address: "192.0.2.1", port: 40_000 },
  ],
  [
    "version 2, IPv4 with fields behind it",
    hex(`${signature} 21 11 00 11 ${ipv4} ${noop}`),
    { address: "192.0.2.1", port: 40_000 },
  ],
  [
    "version 2, IPv4 over datagrams",
    hex(`${signature} 21 12 00 0c ${ipv4}`),
    { address: "192.0.2.1", port: 40_000 },
  ],
  [
    "version 2, IPv6",
    hex(`${signature} 21 21 00 24 ${ipv6}`),
    { address: "2001:db8::1", port: 40_000 },
  ],
  ["version 2, UNIX", hex(`${signature} 21 31 00 d8 ${unix}`), undefined],
  ["version 2, unspecified", hex(`${signature} 21 00 00 00`), undefined],
  ["version 2, unspecified with fields", hex(`${signature} 21 00 00 05 ${noop}`), undefined],
  ["version 2, LOCAL", hex(`${signature} 20 00 00 00`), undefined],
  [
    "version 2, LOCAL with an address cut off",
    hex(`${signature} 20 11 00 04 c0 00 02 01`),
    undefined,
  ],
];

describe("a header", () => {
  test.each(headers)("of %s is read, and what follows is not", (_, bytes, source) => {
    const followed = Buffer.concat([bytes, Uint8Array.of(3, 1, 2)]);
    const expected = { kind: "header", length: bytes.length, source };
    expect(readProxyHeader(bytes, maxBytes)).toEqual(expected);
    expect(readProxyHeader(followed, maxBytes)).toEqual(expected);
  });

  test.each(headers)("of %s is incomplete at every length before its end", (_, bytes) => {
    for (let length = 1; length < bytes.length; length++) {
      expect(readProxyHeader(bytes.subarray(0, length), maxBytes).kind).toBe("incomplete");
    }
  });
});

describe("what is no header", () => {
  test.each([
    ["RTMP", hex("03 00 00 00 00")],
    ["a ClientHello", hex("16 03 01 00 2f")],
    ["POST", ascii("POST /open/1 HTTP/1.1\r\n")],
    ["PROPFIND", ascii("PROPFIND / HTTP/1.1\r\n")],
    ["a proxy in small letters", ascii("proxy TCP4")],
    ["line feeds", hex("0d 0a 0d 0a 01")],
  ])("is %s", (_, bytes) => {
    expect(readProxyHeader(bytes, maxBytes)).toEqual({ kind: "none" });
    expect(beginsProxyHeader(bytes)).toBe("no");
  });

  test.each([ascii("P"), ascii("PROXY"), hex("0d"), hex("0d 0a 0d 0a 00 0d 0a 51 55 49 54")])(
    "cannot be told from %j",
    (bytes) => {
      expect(beginsProxyHeader(bytes)).toBe("undecided");
    },
  );
});

describe("a broken header", () => {
  test.each([
    ["no line end in 107 bytes", ascii(`PROXY UNKNOWN ${"x".repeat(93)}`)],
    ["a line end behind 107 bytes", ascii(`PROXY UNKNOWN ${"x".repeat(92)}\r\n`)],
    ["a bare line feed", ascii("PROXY UNKNOWN\n")],
    ["another protocol", ascii("PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n")],
    ["IPv6 as TCP4", ascii("PROXY TCP4 ::1 ::1 1 2\r\n")],
    ["IPv4 as TCP6", ascii("PROXY TCP6 192.0.2.1 192.0.2.1 1 2\r\n")],
    ["no port", ascii("PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n")],
    ["a port above 65535", ascii("PROXY TCP4 192.0.2.1 198.51.100.1 65536 2\r\n")],
    ["a port that is no number", ascii("PROXY TCP4 192.0.2.1 198.51.100.1 0x1 2\r\n")],
    ["a field too many", ascii("PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3\r\n")],
    ["version 1 in version 2", hex(`${signature} 11 11 00 0c ${ipv4}`)],
    ["command 2", hex(`${signature} 22 11 00 0c ${ipv4}`)],
    ["family 4", hex(`${signature} 21 41 00 0c ${ipv4}`)],
    ["protocol 3", hex(`${signature} 21 13 00 0c ${ipv4}`)],
    ["IPv4 addresses cut off", hex(`${signature} 21 11 00 0b ${ipv4}`)],
    ["IPv6 addresses cut off", hex(`${signature} 21 21 00 0c ${ipv4}`)],
    ["UNIX addresses cut off", hex(`${signature} 21 31 00 d7`)],
    ["one byte more than allowed", hex(`${signature} 21 11 01 1d`)],
    ["the most bytes there can be", hex(`${signature} 21 11 ff ff`)],
  ])("has %s", (_, bytes) => {
    expect(() => readProxyHeader(bytes, maxBytes)).toThrow(TransportError);
    expect(() => readProxyHeader(bytes, maxBytes)).toThrow(/^PROXY protocol: /);
  });

  test("as long as allowed is not broken", () => {
    const bytes = Buffer.concat([hex(`${signature} 21 11 01 1c ${ipv4}`), Buffer.alloc(272)]);
    expect(readProxyHeader(bytes, maxBytes)).toMatchObject({ kind: "header", length: maxBytes });
  });
});

test("a view into a larger buffer is read from its own start", () => {
  const bytes = Buffer.concat([Uint8Array.of(1, 2, 3), hex(`${signature} 21 11 00 0c ${ipv4}`)]);
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset + 3, bytes.length - 3);
  expect(readProxyHeader(view, maxBytes)).toMatchObject({ source: { address: "192.0.2.1" } });
});
