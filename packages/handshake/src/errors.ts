import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** The peer's first byte is not the version of an RTMP handshake. */
  RTMP_ERR_HANDSHAKE_VERSION: "malformed",
  /** S2 is not signed in answer to the digest of C1. */
  RTMP_ERR_HANDSHAKE_SIGNATURE: "malformed",
  /** The peer asks for RTMPE, or answers in it, without a digest or with a public key that is none. */
  RTMP_ERR_RTMPE_KEY: "malformed",
  /** The secret of an RTMPE connection has two forms, and a client cannot know the server's. */
  RTMP_ERR_RTMPE_SECRET: "unsupported",
  /** A client asks for RTMPE, and the server does not speak it. */
  RTMP_ERR_RTMPE_REFUSED: "rejected",
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
