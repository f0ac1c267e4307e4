/**
 * A certificate that is signed by its own key.
 *
 *   Certificate     TBSCertificate, ecdsa-with-SHA256, signature
 *   TBSCertificate  version 3, serial number, algorithm, issuer, validity, subject, public key, extensions
 *
 * RFC 5280 §4.1, §4.2; RFC 5480
 */

import { generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIPv4 } from "node:net";

import {
  encodeBits,
  encodeInteger,
  encodeObjectIdentifier,
  encodeOctets,
  encodeSequence,
  encodeSet,
  encodeText,
  encodeTime,
  encodeTrue,
  encodeValue,
} from "./der.ts";

const commonName = "2.5.4.3";
const ecdsaWithSha256 = "1.2.840.10045.4.3.2";
const keyUsage = "2.5.29.15";
const subjectAltName = "2.5.29.17";
const basicConstraints = "2.5.29.19";
const extendedKeyUsage = "2.5.29.37";
const serverAuth = "1.3.6.1.5.5.7.3.1";
// Context-specific tags: explicit ones of TBSCertificate, implicit ones of GeneralName.
const versionTag = 0xa0;
const extensionsTag = 0xa3;
const dnsNameTag = 0x82;
const ipAddressTag = 0x87;
const version3 = Uint8Array.of(2);
// The bit digitalSignature; the other seven are not used.
const digitalSignature = Uint8Array.of(0x80);
const serialBytes = 16;

/** What a certificate says. */
export interface SelfSignedOptions {
  /** Names of hosts and IP addresses, in the forms of Node; the first is the subject too. */
  readonly hosts: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A certificate and its key, both as PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/** Makes a key (P-256) and a certificate for it. */
export function makeSelfSigned({ hosts, notBefore, notAfter }: SelfSignedOptions): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = encodeSequence(encodeObjectIdentifier(ecdsaWithSha256));
  const name = encodeSequence(
    encodeSet(
      encodeSequence(encodeObjectIdentifier(commonName), encodeText(hosts[0] ?? "localhost")),
    ),
  );
  const serial = randomBytes(serialBytes);
  // Neither zero in front, nor a sign.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = encodeSequence(
    encodeValue(versionTag, encodeInteger(version3)),
    encodeInteger(serial),
    algorithm,
    name,
    encodeSequence(encodeTime(notBefore), encodeTime(notAfter)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    encodeValue(extensionsTag, encodeSequence(...extensionsFor(hosts))),
  );
  const signature = encodeBits(sign("sha256", body, privateKey));
  return {
    cert: new X509Certificate(encodeSequence(body, algorithm, signature)).toString(),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function extensionsFor(hosts: readonly string[]): Uint8Array[] {
  const critical = encodeTrue();
  return [
    // An empty sequence says that it is not a certificate authority.
    encodeExtension(basicConstraints, critical, encodeOctets(encodeSequence())),
    encodeExtension(keyUsage, critical, encodeOctets(encodeBits(digitalSignature, 7))),
    encodeExtension(
      extendedKeyUsage,
      encodeOctets(encodeSequence(encodeObjectIdentifier(serverAuth))),
    ),
    encodeExtension(subjectAltName, encodeOctets(encodeSequence(...hosts.map(encodeHost)))),
  ];
}

function encodeExtension(identifier: string, ...values: readonly Uint8Array[]): Uint8Array {
  return encodeSequence(encodeObjectIdentifier(identifier), ...values);
}

function encodeHost(host: string): Uint8Array {
  if (isIPv4(host)) return encodeValue(ipAddressTag, Uint8Array.from(host.split("."), Number));
  if (host === "::1") {
    const bytes = new Uint8Array(16);
    bytes[15] = 1;
    return encodeValue(ipAddressTag, bytes);
  }
  return encodeValue(dnsNameTag, Buffer.from(host));
}
