/**
 * The base of every error that an @rtmp package throws because of what a peer or the network did.
 *
 * Mistakes of the calling program are `TypeError` and `RangeError`, never an `RtmpError`.
 */

/** A stable name for one fault; branch on this, never on the message. */
export type RtmpErrorCode = `RTMP_ERR_${string}`;

/**
 * What a fault means for the connection.
 *
 * - `malformed`: the peer broke the format; close.
 * - `limit`: the peer asked for more than the limits allow; close and count.
 * - `unsupported`: valid, but not served here; answer `_error` or ignore.
 * - `rejected`: refused by policy; answer with a status.
 * - `closed`: the connection ended; not a mistake of anybody.
 */
export type RtmpFault = "malformed" | "limit" | "unsupported" | "rejected" | "closed";

/** Where and why an error arose. */
export interface RtmpErrorOptions {
  /** Byte offset into the input that the failing call was given. */
  readonly offset?: number | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** A fault of the peer or of the network, with a stable code. */
export class RtmpError extends Error {
  /** The stable name of the fault. */
  readonly code: RtmpErrorCode;
  /** What the fault means for the connection. */
  readonly fault: RtmpFault;
  /** Byte offset of the fault in the input, where one is known. */
  readonly offset: number | undefined;

  constructor(code: RtmpErrorCode, fault: RtmpFault, message: string, options?: RtmpErrorOptions) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.fault = fault;
    this.offset = options?.offset;
  }
}
