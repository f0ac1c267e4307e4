import { describe, expect, test } from "vitest";

import { AllowedOrigins } from "../../src/websocket/allowed-origins.ts";

const host = "live.example.net:1935";

describe("pages that are named", () => {
  const origins = new AllowedOrigins(["https://Example.com", "app://localhost:8080"]);

  test.each([
    ["https://example.com", true],
    ["HTTPS://EXAMPLE.COM", true],
    ["app://localhost:8080", true],
    ["https://example.com:444", false],
    ["http://example.com", false],
    ["https://example.com.evil.example", false],
    ["null", false],
  ])("a page of %s may connect: %j", (origin, may) => {
    expect(origins.includes(origin, host)).toBe(may);
  });

  test.each([
    "example.com",
    "https://example.com/",
    "https://",
    "1https://example.com",
    "*",
    "null",
  ])("%s is no origin", (origin) => {
    expect(() => new AllowedOrigins([origin])).toThrow(TypeError);
  });
});

describe("pages of the same host", () => {
  const origins = new AllowedOrigins();

  test.each([
    ["https://live.example.net", "live.example.net", true],
    ["http://live.example.net:8080", "LIVE.example.net:1935", true],
    ["http://[2001:db8::1]:8080", "[2001:db8::1]:1935", true],
    ["http://localhost:5173", "127.0.0.1:1935", true],
    ["http://127.0.0.1:5173", "[::1]:1935", true],
    ["https://example.net", "live.example.net", false],
    ["https://live.example.net.evil.example", "live.example.net", false],
    ["https://evil.example", "127.0.0.1:1935", false],
    ["https://127.0.0.1.evil.example", "127.0.0.1:1935", false],
    ["http://localhost:5173", "live.example.net", false],
    ["null", "live.example.net", false],
    ["", "", false],
    ["null", "null", false],
    ["https://live.example.net", "", false],
  ])("a page of %j may connect to %j: %j", (origin, to, may) => {
    expect(origins.includes(origin, to)).toBe(may);
  });

  test("a request without a host is of none", () => {
    expect(origins.includes("https://live.example.net", undefined)).toBe(false);
  });
});

test("all pages may connect where all are allowed, those of files too", () => {
  const origins = new AllowedOrigins("all");
  expect(origins.includes("https://evil.example", host)).toBe(true);
  expect(origins.includes("null", host)).toBe(true);
});

test("what sends no origin is no page", () => {
  expect(new AllowedOrigins([]).includes(undefined, host)).toBe(true);
});
