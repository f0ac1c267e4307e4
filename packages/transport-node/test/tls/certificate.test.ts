import { once } from "node:events";
import type { Server } from "node:net";
import { connect, createServer } from "node:tls";

import { CertificateError, developmentCertificate } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

import { loadCertificate } from "../../src/tls/certificate.ts";
import { makeSelfSigned } from "../../src/tls/self-signed.ts";
import { listenOnFreePort } from "../free-port.ts";
import { encryptedKey, firstPair, secondPair } from "./certificates.ts";

const now = new Date("2027-01-01T00:00:00Z");
const names = { certName: "cert.pem", keyName: "key.pem" };

describe("a certificate with its key", () => {
  test("has the fingerprint that OpenSSL tells, and nothing to warn of", () => {
    const loaded = loadCertificate({ ...firstPair, ...names }, now);
    expect(loaded.fingerprint).toBe(firstPair.fingerprint);
    expect(loaded.warning).toBe(undefined);
    expect(loaded.validTo.getUTCFullYear()).toBe(2126);
  });

  test.each([
    ["no certificate", { cert: "nothing" }, "cert.pem has no certificate in PEM"],
    ["no key", { key: "nothing" }, "key.pem has no private key in PEM"],
    ["a certificate for a key", { key: firstPair.cert }, "key.pem has no private key in PEM"],
    ["another key", { key: secondPair.key }, "key.pem is not the key of cert.pem"],
    [
      "a key behind a passphrase",
      { key: encryptedKey },
      "key.pem is encrypted; a key without a passphrase is needed",
    ],
    [
      "something broken behind the certificate",
      { cert: `${firstPair.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n` },
      "cert.pem cannot be used: ",
    ],
  ])("is refused when there is %s", (_, wrong, message) => {
    const load = () => loadCertificate({ ...firstPair, ...names, ...wrong }, now);
    expect(load).toThrow(CertificateError);
    expect(load).toThrow(message);
  });

  test("is taken with a warning when it has expired, or is not valid yet", () => {
    const pair = makeSelfSigned({
      hosts: ["a.example"],
      notBefore: new Date("2026-02-03T00:00:00Z"),
      notAfter: new Date("2026-12-31T00:00:00Z"),
    });
    expect(loadCertificate({ ...pair, ...names }, now).warning).toBe(
      "cert.pem has expired, on 2026-12-31",
    );
    expect(loadCertificate({ ...pair, ...names }, new Date("2026-01-01")).warning).toBe(
      "cert.pem is not valid before 2026-02-03",
    );
    expect(loadCertificate({ ...pair, ...names }, new Date("2026-06-01")).warning).toBe(undefined);
  });
});

/** A TLS server of Node with that context. */
async function serve(): Promise<number> {
  const { secureContext } = loadCertificate({ ...firstPair, ...names }, now);
  const server: Server = createServer({
    SNICallback: (_name, done) => done(null, secureContext),
  });
  server.on("tlsClientError", () => {});
  return listenOnFreePort(server);
}

describe("a connection with it", () => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("is opened by %s", async (version) => {
    const options = { minVersion: version, maxVersion: version, servername: "first.example" };
    const port = await serve();
    const socket = connect({ port, host: "127.0.0.1", ca: firstPair.cert, ...options });
    await once(socket, "secureConnect");
    expect(socket.getProtocol()).toBe(version);
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });
});

describe("the certificate for development", () => {
  test("is for this machine, for a year from a day ago", () => {
    const { fingerprint, validTo, warning } = developmentCertificate(now);
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(validTo).toEqual(new Date("2028-01-01T00:00:00Z"));
    expect(warning).toBe(undefined);
  });

  test("is another one each time", () => {
    expect(developmentCertificate().fingerprint).not.toBe(developmentCertificate().fingerprint);
  });
});
