import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** A connection or the server has as many shared objects as it may. */
  RTMP_ERR_TOO_MANY_SHARED_OBJECTS: "limit",
  /** A shared object has as many clients as it may. */
  RTMP_ERR_TOO_MANY_SHARED_OBJECT_CLIENTS: "limit",
  /** A slot, a call or all slots of a shared object are larger, or more, than they may be. */
  RTMP_ERR_SHARED_OBJECT_FULL: "limit",
  /** Too many messages wait until a shared object is loaded. */
  RTMP_ERR_SHARED_OBJECT_BACKLOG: "limit",
  /** A client does not read what its shared objects have to tell. */
  RTMP_ERR_SLOW_SHARED_OBJECT_CLIENT: "limit",
  /** The policy does not let a client read, change or call. */
  RTMP_ERR_SHARED_OBJECT_DENIED: "rejected",
  /** A shared object is there with the other persistence, or cannot be kept. */
  RTMP_ERR_SHARED_OBJECT_PERSISTENCE: "rejected",
  /** A client speaks of a shared object that it has not opened, or there are none here. */
  RTMP_ERR_SHARED_OBJECT_NOT_OPEN: "rejected",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** The code of a fault found by the relay. */
export type RelayErrorCode = keyof typeof faults;

/** A fault found by the relay. */
export class RelayError extends RtmpError {
  declare readonly code: RelayErrorCode;

  constructor(code: RelayErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** Every code of {@link RelayError} with its fault. */
export const relayErrorFaults: Readonly<Record<RelayErrorCode, RtmpFault>> = faults;
