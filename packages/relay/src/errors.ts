import type { Status } from "@rtmp/message";
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
  /** Another server did not answer publish or play in time, or has sent no media for too long. */
  RTMP_ERR_RELAY_TIMEOUT: "closed",
  /** Another server no longer plays or takes a stream. */
  RTMP_ERR_RELAY_STOPPED: "closed",
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

/** Makes an error of the status with which another server ended a stream. */
export function stoppedBy({ code, description }: Status): RelayError {
  const reason = [code, description].filter((text) => text !== "").join(": ");
  return new RelayError("RTMP_ERR_RELAY_STOPPED", `the server has stopped the stream: ${reason}`);
}
