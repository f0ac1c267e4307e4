import { describe, expect, test } from "vitest";

import { verifyingOptions } from "../../src/tls/verification.ts";

// A certificate as Node describes it; only its names count here.
const certificate = { subject: {}, subjectaltname: "DNS:first.example, IP Address:192.0.2.1" };

function accepts(options: ReturnType<typeof verifyingOptions>): boolean {
  return Reflect.apply(options.checkServerIdentity, options, ["", certificate]) === undefined;
}

describe("the options of a verified connection", () => {
  test.each([
    ["first.example", {}, "first.example", true],
    ["192.0.2.1", {}, "", true],
    ["second.example", {}, "second.example", false],
    ["192.0.2.2", { serverName: "first.example" }, "first.example", true],
    ["first.example", { serverName: "192.0.2.1" }, "", true],
    ["first.example", { serverName: "second.example" }, "second.example", false],
  ])("to %s with %j ask for the name '%s'", (host, verification, servername, isAccepted) => {
    const options = verifyingOptions(host, verification);
    expect(options).toMatchObject({ servername, rejectUnauthorized: true, minVersion: "TLSv1.2" });
    expect(accepts(options)).toBe(isAccepted);
  });

  test("have the authorities that are given, and no others", () => {
    expect(verifyingOptions("a", { ca: "one" }).ca).toBe("one");
    expect(verifyingOptions("a", { ca: ["one", "two"] }).ca).toEqual(["one", "two"]);
    expect(verifyingOptions("a", {})).not.toHaveProperty("ca");
  });

  test("accept anybody without verification", () => {
    expect(verifyingOptions("a", { verify: false }).rejectUnauthorized).toBe(false);
  });
});
