import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** The peer's first byte is not the version of an RTMP handshake. */
  RTMP_ERR_HANDSHAKE_VERSION: "malformed",
  /** S2 is not signed in answer to the digest of C1. */
  RTMP_ERR_HANDSHAKE_SIGNATURE: "malformed",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** A stable name for one fault in a handshake. */
export type HandshakeErrorCode = keyof typeof faults;

/** A fault in the peer's handshake; the connection is of no use any more. */
export class HandshakeError extends RtmpError {
  declare readonly code: HandshakeErrorCode;

  constructor(code: HandshakeErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** The fault of each code. */
export const handshakeErrorFaults: Readonly<Record<HandshakeErrorCode, RtmpFault>> = faults;
