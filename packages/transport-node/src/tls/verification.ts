/** Whom the client of a TLS connection expects on the other side. */

import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate, type SecureVersion } from "node:tls";

/** How the server of a TLS connection is verified. */
export interface TlsVerification {
  /**
   * Certificates of authorities in PEM, or the server's own; they stand instead of those that Node knows.
   *
   * @default those that Node knows
   */
  readonly ca?: string | readonly string[];
  /**
   * Whether the certificate has to be that of the server; without it anybody in between can read and change everything.
   *
   * @default true
   */
  readonly verify?: boolean;
  /**
   * The name that the certificate has to have, and that is asked for.
   *
   * @default the host
   */
  readonly serverName?: string;
}

/** What `node:tls` and all that is built on it understand. */
export interface VerifyingOptions {
  readonly minVersion: SecureVersion;
  readonly rejectUnauthorized: boolean;
  readonly servername: string;
  readonly ca?: string | string[];
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** Makes the options of a connection to a host. */
export function verifyingOptions(
  host: string,
  { ca, verify = true, serverName = host }: TlsVerification,
): VerifyingOptions {
  return {
    minVersion: "TLSv1.2",
    rejectUnauthorized: verify,
    // An address is no name to ask for (RFC 6066 §3).
    servername: isIP(serverName) === 0 ? serverName : "",
    // Node would take the host where no name is asked for.
    checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
    ...(ca !== undefined && { ca: typeof ca === "string" ? ca : [...ca] }),
  };
}
