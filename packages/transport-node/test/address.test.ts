import { describe, expect, test } from "vitest";

import {
  addressOf,
  AddressRanges,
  formatAddress,
  isLoopback,
  networkOf,
  plainAddress,
} from "../src/address.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["2001:db8::1", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["::ffff:1:2:3", "::ffff:1:2:3"],
  ["", ""],
])("%s is plainly %s", (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

test.each([
  ["192.0.2.1", 1111, "192.0.2.1:1111"],
  ["2001:db8::1", 2222, "[2001:db8::1]:2222"],
  ["::ffff:192.0.2.1", 1111, "192.0.2.1:1111"],
  [undefined, 1111, "unknown"],
  ["192.0.2.1", undefined, "unknown"],
])("%s and %s are written as %s", (address, port, text) => {
  expect(formatAddress(address, port)).toBe(text);
});

test.each([
  ["192.0.2.1:1111", "192.0.2.1"],
  ["[2001:db8::1]:2222", "2001:db8::1"],
])("the address of %s is %s", (remote, address) => {
  expect(addressOf(remote)).toBe(address);
});

test.each([
  ["127.0.0.1", true],
  ["127.255.0.9", true],
  ["::1", true],
  ["128.0.0.1", false],
  ["::2", false],
  ["192.0.2.1", false],
  ["unknown", false],
])("%s is of the machine itself: %s", (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

describe("what an address counts as", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:0DB8::", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["1::2:3:4:5:6:7", "1:0:2:3::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4::/64"],
  ])("%s counts as %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("ranges of addresses", () => {
  const ranges = new AddressRanges(["192.0.2.1", "10.0.0.0/8", "2001:db8::/32", "::1"]);

  test.each(["192.0.2.1", "10.255.0.1", "2001:db8:ffff::1", "::1"])("include %s", (address) => {
    expect(ranges.includes(address)).toBe(true);
  });

  test.each(["192.0.2.2", "11.0.0.1", "2001:db9::1", "::2", "", "unknown"])(
    "do not include '%s'",
    (address) => {
      expect(ranges.includes(address)).toBe(false);
    },
  );

  test("none include nothing", () => {
    expect(new AddressRanges([]).includes("10.0.0.1")).toBe(false);
  });

  test("of all addresses include all of that family", () => {
    const all = new AddressRanges(["0.0.0.0/0"]);
    expect([all.includes("192.0.2.1"), all.includes("::1")]).toEqual([true, false]);
  });

  test.each([
    "",
    "host",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "::g",
  ])("are not '%s'", (text) => {
    expect(() => new AddressRanges([text])).toThrow(RangeError);
    expect(() => new AddressRanges([text])).toThrow("Expected an address or a range");
  });
});
