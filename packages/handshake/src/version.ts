/**
 * The first byte of a connection: C0 or S0, or the start of another protocol.
 *
 * 3 is plain RTMP; 6, 8 and 9 are RTMPE; 0 to 2 are of the past; 4 to 31 are reserved. From 32 on a byte may begin a
 * text protocol and is never a version. 9 is like 8 with another cipher for the signatures; it is answered with 6.
 *
 * RTMP §5.2.2
 */

import { HandshakeError } from "./errors.ts";
import { encryptedVersion, plainVersion, sealedVersion } from "./layout.ts";

const lastVersion = 31;
const blowfishVersion = 9;
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

/** Whether C0 asks for RTMPE. */
export function asksForEncryption(version: number): boolean {
  return version === encryptedVersion || version === sealedVersion || version === blowfishVersion;
}

/** Says which S0 answers a C0 that asks for RTMPE. */
export function encryptedAnswerTo(version: number): number {
  return version === sealedVersion ? sealedVersion : encryptedVersion;
}

/**
 * Judges S0, which is 3 in answer to a C0 of 3, and 6 or 8 in answer to a C0 of 6.
 *
 * @param encrypted  whether C0 asked for RTMPE
 * @returns the error for anything else
 */
export function serverVersionError(version: number, encrypted = false): HandshakeError | undefined {
  if (encrypted && version === plainVersion) return refusedRtmpe("the server speaks no RTMPE");
  const answers = encrypted ? [encryptedVersion, sealedVersion] : [plainVersion];
  if (answers.includes(version)) return undefined;
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

/** Makes the error of a client and a server that cannot agree on RTMPE. */
export function refusedRtmpe(message: string): HandshakeError {
  return new HandshakeError("RTMP_ERR_RTMPE_REFUSED", message, { offset: 0 });
}

function versionError(version: number, looksLike: string): HandshakeError {
  const byte = `0x${version.toString(16).padStart(2, "0")}`;
  return new HandshakeError(
    "RTMP_ERR_HANDSHAKE_VERSION",
    `handshake begins with ${byte}, which looks like ${looksLike}`,
    { offset: 0 },
  );
}
