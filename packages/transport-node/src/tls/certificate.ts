import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";

/** What a listener proves with who it is. */
export interface TlsCertificate {
  /** What new connections are opened with; may be another one from call to call. */
  readonly secureContext: SecureContext;
}

/** A certificate that cannot be used; the message says why, for the one who configures it. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/** A certificate with its key, both as PEM. */
export interface PemPair {
  /** The certificate, then those that lead from it to one that clients know. */
  readonly cert: string;
  readonly key: string;
  /** What messages call the certificate. */
  readonly certName: string;
  /** What messages call the key. */
  readonly keyName: string;
}

/** A certificate that was read and checked. */
export interface LoadedCertificate extends TlsCertificate {
  /** SHA-256 of the certificate, in hexadecimal with colons. */
  readonly fingerprint: string;
  /** When it ends. */
  readonly validTo: Date;
  /** Why clients may refuse it, in one sentence; undefined when nothing is to be said. */
  readonly warning: string | undefined;
}

/**
 * Reads and checks a certificate and its key; TLS is 1.2 or later.
 *
 * @param now  the time that it has to be valid at
 * @throws CertificateError when one of them cannot be read, or the key is not that of the certificate
 */
export function loadCertificate(pair: PemPair, now: Date): LoadedCertificate {
  const { cert, key, certName, keyName } = pair;
  const certificate = readCertificate(cert, certName);
  if (!certificate.checkPrivateKey(readKey(key, keyName))) {
    throw new CertificateError(`${keyName} is not the key of ${certName}`);
  }
  return {
    secureContext: createContext(pair),
    fingerprint: certificate.fingerprint256,
    validTo: new Date(certificate.validTo),
    warning: warningOf(certificate, certName, now),
  };
}

function readCertificate(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new CertificateError(`${name} has no certificate in PEM`, { cause });
  }
}

function readKey(pem: string, name: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) {
    throw new CertificateError(`${name} is encrypted; a key without a passphrase is needed`);
  }
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new CertificateError(`${name} has no private key in PEM`, { cause });
  }
}

function createContext({ cert, key, certName }: PemPair): SecureContext {
  try {
    return createSecureContext({ cert, key, minVersion: "TLSv1.2" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CertificateError(`${certName} cannot be used: ${reason}`, { cause });
  }
}

function warningOf(certificate: X509Certificate, name: string, now: Date): string | undefined {
  const { validFrom, validTo } = certificate;
  if (new Date(validTo) < now) return `${name} has expired, on ${day(validTo)}`;
  return new Date(validFrom) > now ? `${name} is not valid before ${day(validFrom)}` : undefined;
}

function day(text: string): string {
  return new Date(text).toISOString().slice(0, 10);
}
