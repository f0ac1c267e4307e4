/** Sessions over RTMPE in which librtmp was one side; the README beside them tells how they came about. */

import { readFileSync } from "node:fs";
import { type KeyAgreement, PortableKeyAgreement } from "@rtmp/handshake";
import { hex, seededBytes, seededRandom } from "@rtmp/testing";
import type { RandomBytes } from "@rtmp/wire";

/** A session: rtmpdump plays from our server twice, our client plays from rtmpsrv. */
export type SessionName = "rtmpdump" | "rtmpdump-short-secret" | "rtmpsrv";

/** Reads what one side of a session sent. */
export function readSession(name: SessionName, direction: "c2s" | "s2c"): Uint8Array {
  const folder = new URL("../../../testing/fixtures/rtmpe/", import.meta.url);
  return new Uint8Array(readFileSync(new URL(`${name}.${direction}.bin`, folder)));
}

/** Random bytes that repeat. */
export function seeded(seed: number): RandomBytes {
  const random = seededRandom(seed);
  return (length) => seededBytes(random, length);
}

/** The private key of our side of `rtmpdump-short-secret`. */
const shortSecretKey = hex("2920596945a04ee0ab96a7c2596b9f2a7664821084f0813009bf50b0e36f9a82");

/** What our side of a session was made with. */
export function optionsOf(name: SessionName): { randomBytes: RandomBytes; rtmpe: KeyAgreement } {
  const keys = {
    rtmpdump: seeded(2222),
    "rtmpdump-short-secret": () => shortSecretKey,
    rtmpsrv: seeded(4444),
  };
  return {
    randomBytes: seeded(name === "rtmpsrv" ? 3333 : 1111),
    rtmpe: new PortableKeyAgreement({ randomBytes: keys[name] }),
  };
}
