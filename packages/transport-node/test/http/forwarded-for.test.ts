import { AddressRanges } from "@rtmp/transport-node";
import { expect, test } from "vitest";

import { forwardedFor } from "../../src/http/forwarded-for.ts";

const trusted = new AddressRanges(["10.0.0.0/8", "fd00::/8"]);

test.each([
  ["one client", "192.0.2.1", "192.0.2.1:0"],
  ["a client that made up another", "198.51.100.7, 192.0.2.1", "192.0.2.1:0"],
  ["a client behind several proxies", "192.0.2.1, 10.0.0.7,10.0.0.8", "192.0.2.1:0"],
  ["proxies alone", "10.0.0.7, 10.0.0.8", "10.0.0.7:0"],
  ["a client with its port", "192.0.2.1:40000", "192.0.2.1:40000"],
  ["IPv6", "2001:db8::1", "[2001:db8::1]:0"],
  ["IPv6 in brackets", "[2001:db8::1]", "[2001:db8::1]:0"],
  ["IPv6 with its port", "[2001:db8::1]:40000, fd00::1", "[2001:db8::1]:40000"],
  ["IPv4 as IPv6", "::ffff:192.0.2.1", "192.0.2.1:0"],
  ["something unreadable behind a client", "192.0.2.1, unknown", undefined],
  ["something unreadable in front of a proxy", "secret, 10.0.0.7", "10.0.0.7:0"],
  ["nothing", "", undefined],
  ["white space", " , ", undefined],
  ["text that is no address", "<script>", undefined],
])("a header that names %s", (_, header, remote) => {
  expect(forwardedFor(header, trusted)).toBe(remote);
});
