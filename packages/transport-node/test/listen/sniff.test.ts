import { expect, test } from "vitest";

import { sniff } from "../../src/listen/sniff.ts";

test.each([
  [0x03, "rtmp"],
  [0x06, "rtmp"],
  [0x08, "rtmp"],
  [0x09, "rtmp"],
  [0x00, "rtmp"],
  [0x15, "rtmp"],
  [0x16, "tls"],
  [0x17, "rtmp"],
  [0x40, "rtmp"],
  [0x5b, "rtmp"],
  [0x67, "rtmp"],
  [0xff, "rtmp"],
])("a connection that begins with %i speaks %s", (byte, spoken) => {
  expect(sniff(byte)).toBe(spoken);
});

test.each([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE",
  "A",
  "Z",
])("one that begins with %s speaks HTTP", (method) => {
  expect(sniff(method.charCodeAt(0))).toBe("http");
});
