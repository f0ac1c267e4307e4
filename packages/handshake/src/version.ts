/**
 * The first byte of a connection: C0 or S0, or the start of another protocol.
 *
 * 3 is plain RTMP; 6, 8 and 9 are RTMPE; 0 to 2 are of the past; 4 to 31 are reserved. From 32 on a byte may begin a
 * text protocol and is never a version.
 *
 * RTMP §5.2.2
 */

import { HandshakeError } from "./errors.ts";
import { plainVersion } from "./layout.ts";

const lastVersion = 31;
// Content types of the TLS record layer (RFC 8446 §5.1).
const tlsAlert = 21;
const tlsHandshake = 22;
// The H of "HTTP/1.1".
const httpResponseStart = 0x48;

/**
 * Judges C0; any version that RTMP may have passes, since it is answered with 3.
 *
 * @returns the error for 22, where TLS begins, and from 32 on
 */
export function clientVersionError(version: number): HandshakeError | undefined {
  if (version === tlsHandshake) return versionError(version, "a TLS ClientHello");
  if (version <= lastVersion) return undefined;
  return versionError(version, isHttpMethodStart(version) ? "an HTTP request" : "another protocol");
}

/**
 * Judges S0, which is 3 in answer to a C0 of 3.
 *
 * @returns the error for anything but 3
 */
export function serverVersionError(version: number): HandshakeError | undefined {
  if (version === plainVersion) return undefined;
  if (version === tlsAlert || version === tlsHandshake)
    return versionError(version, "a TLS record");
  if (version === httpResponseStart) return versionError(version, "an HTTP response");
  return versionError(
    version,
    version > lastVersion ? "another protocol" : "an RTMP version not asked for",
  );
}

/** First letters of CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PRI, PUT and TRACE. */
function isHttpMethodStart(byte: number): boolean {
  return "CDGHOPT".includes(String.fromCharCode(byte));
}

function versionError(version: number, looksLike: string): HandshakeError {
  const byte = `0x${version.toString(16).padStart(2, "0")}`;
  return new HandshakeError(
    "RTMP_ERR_HANDSHAKE_VERSION",
    `handshake begins with ${byte}, which looks like ${looksLike}`,
    { offset: 0 },
  );
}
