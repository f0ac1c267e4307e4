import {
  oneOf,
  parseFile,
  parseHost,
  parseMergeWindow,
  parsePort,
  parseRange,
} from "@rtmp/node-kit";
import { expect, test } from "vitest";

test.each([
  ["0", 0],
  ["1935", 1935],
  ["65535", 65_535],
  ["off", "off"],
])("the port %s is taken", (text, port) => {
  expect(parsePort(text)).toBe(port);
});

test.each(["", "65536", "-1", "1e3", "0x10", " 1", "1.5", "OFF", "999999"])(
  "the port '%s' is refused",
  (text) => {
    expect(() => parsePort(text)).toThrow("Expected a port from 0 to 65535, or off.");
  },
);

test.each([
  ["0", 0],
  ["40", 40],
  ["10000", 10_000],
  ["auto", "auto"],
])("the merge window %s is taken", (text, window) => {
  expect(parseMergeWindow(text)).toBe(window);
});

test.each(["", "10001", "-1", "1e3", "0x10", "1 ", "1.5", "40ms", "Auto", "999999", "off"])(
  "the merge window '%s' is refused",
  (text) => {
    expect(() => parseMergeWindow(text)).toThrow(
      "Expected a whole number from 0 to 10000, or auto.",
    );
  },
);

test.each(["127.0.0.1", "::", "host.test"])("the host %s is taken", (text) => {
  expect(parseHost(text)).toBe(text);
});

test.each(["", " ", "a b", "a\n"])("the host '%s' is refused", (text) => {
  expect(() => parseHost(text)).toThrow(RangeError);
});

test("one of several words is taken, and all are named when it is another", () => {
  const parse = oneOf(["pretty", "json"]);
  expect(parse("json")).toBe("json");
  expect(() => parse("JSON")).toThrow("Expected one of pretty, json.");
});

test.each(["192.0.2.1", "10.0.0.0/8", "2001:db8::/32", "::1"])("the range %s is taken", (text) => {
  expect(parseRange(text)).toBe(text);
});

test.each(["", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "localhost", "::/129", "10.0.0.0/8 "])(
  "the range '%s' is refused",
  (text) => {
    expect(() => parseRange(text)).toThrow("Expected an address or a range such as 10.0.0.0/8");
  },
);

test("the name of a file is not empty", () => {
  expect(parseFile("cert.pem")).toBe("cert.pem");
  expect(() => parseFile("")).toThrow(RangeError);
});
