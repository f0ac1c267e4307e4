import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";

import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import {
  encodeBits,
  encodeInteger,
  encodeObjectIdentifier,
  encodeOctets,
  encodeSequence,
  encodeText,
  encodeTime,
  encodeTrue,
  encodeValue,
} from "../../src/tls/der.ts";
import { makeSelfSigned } from "../../src/tls/self-signed.ts";

// X.690, and what `openssl asn1parse -genstr` writes.
describe("ITU-T X.690", () => {
  test.each([
    ["an integer", encodeInteger(hex("01")), "02 01 01"],
    ["an integer whose highest bit is set", encodeInteger(hex("80 01")), "02 03 00 80 01"],
    ["true", encodeTrue(), "01 01 ff"],
    ["bits", encodeBits(hex("80"), 7), "03 02 07 80"],
    ["bytes", encodeOctets(hex("01 02"), hex("03")), "04 03 01 02 03"],
    ["text", encodeText("aü"), "0c 03 61 c3 bc"],
    ["the identifier 2.5.4.3", encodeObjectIdentifier("2.5.4.3"), "06 03 55 04 03"],
    [
      "the identifier 1.2.840.113549",
      encodeObjectIdentifier("1.2.840.113549"),
      "06 06 2a 86 48 86 f7 0d",
    ],
    [
      "a time",
      encodeTime(new Date(Date.UTC(2026, 10, 26, 5, 22, 44, 111))),
      '18 0f "20261126052244Z"',
    ],
    ["a sequence", encodeSequence(hex("01 01 ff"), hex("05 00")), "30 05 01 01 ff 05 00"],
    ["nothing", encodeSequence(), "30 00"],
  ])("%s", (_, encoded, expected) => {
    expect(Buffer.from(encoded)).toEqual(Buffer.from(hex(expected)));
  });

  test.each([
    [127, "04 7f"],
    [128, "04 81 80"],
    [255, "04 81 ff"],
    [256, "04 82 01 00"],
    [65_535, "04 82 ff ff"],
  ])("the length %i", (length, head) => {
    const encoded = encodeValue(4, new Uint8Array(length));
    const expected = hex(head);
    expect(Buffer.from(encoded.subarray(0, expected.length))).toEqual(Buffer.from(expected));
    expect(encoded).toHaveLength(expected.length + length);
  });
});

describe("a self-signed certificate", () => {
  const notBefore = new Date("2026-11-01T00:00:00Z");
  const notAfter = new Date("2056-11-26T00:00:00Z");
  const hosts = ["localhost", "127.0.0.1", "::1"];
  const { cert, key } = makeSelfSigned({ hosts, notBefore, notAfter });
  const certificate = new X509Certificate(cert);

  test("is signed by its own key and names every host", () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe("CN=localhost");
    expect(certificate.issuer).toBe("CN=localhost");
    expect(certificate.subjectAltName).toBe(
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
    expect(certificate.ca).toBe(false);
    // digitalSignature alone, in as few bits as there can be.
    expect(certificate.raw.toString("hex").includes("0603551d0f0101ff040403020780")).toBe(true);
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  test("is valid as long as it was to be", () => {
    expect(new Date(certificate.validFrom)).toEqual(notBefore);
    expect(new Date(certificate.validTo)).toEqual(notAfter);
  });

  test("has a number of its own, positive and of 16 bytes", () => {
    const others = Array.from({ length: 20 }, () =>
      makeSelfSigned({ hosts, notBefore, notAfter }),
    ).map((pair) => new X509Certificate(pair.cert).serialNumber);
    expect(new Set(others).size).toBe(20);
    for (const number of others) expect(number).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test("is what OpenSSL takes for a certificate of a server", (context) => {
    let text: string;
    try {
      const args = ["x509", "-noout", "-text", "-purpose"];
      text = execFileSync("openssl", args, { input: cert, encoding: "utf8" });
    } catch {
      context.skip("openssl is not installed");
      return;
    }
    expect(text).toContain("Version: 3 (0x2)");
    expect(text).toContain("Signature Algorithm: ecdsa-with-SHA256");
    expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature/);
    expect(text).toMatch(/X509v3 Extended Key Usage: \s+TLS Web Server Authentication/);
    expect(text).toContain("SSL server : Yes");
    expect(text).toContain("SSL client : No");
  });
});
