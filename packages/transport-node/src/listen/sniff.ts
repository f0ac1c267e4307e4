/**
 * Tells from its first byte what a client speaks.
 *
 *   0x16        a TLS record with a ClientHello (RFC 8446 §5.1)
 *   'A' to 'Z'  the method of an HTTP request
 *   others      RTMP: 3, of RTMPE 6, 8 and 9; the handshake judges them
 *
 * A client speaks first in all of them, so nothing has to be sent to find out.
 */

/** What a client speaks. */
export type Spoken = "tls" | "http" | "rtmp";

const tlsHandshake = 0x16;
const firstLetter = 0x41;
const lastLetter = 0x5a;

/** Says what a first byte begins. */
export function sniff(firstByte: number): Spoken {
  if (firstByte === tlsHandshake) return "tls";
  return firstByte >= firstLetter && firstByte <= lastLetter ? "http" : "rtmp";
}
