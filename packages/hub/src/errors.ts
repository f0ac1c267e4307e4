import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  RTMP_ERR_NAME_IN_USE: "rejected",
  RTMP_ERR_TAKEN_OVER: "closed",
  RTMP_ERR_TOO_MANY_TRACKS: "limit",
  RTMP_ERR_SEQUENCE_START_TOO_LARGE: "limit",
  RTMP_ERR_SLOW_SUBSCRIBER: "limit",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** The code of a fault found by the hub. */
export type HubErrorCode = keyof typeof faults;

/** A fault found by the hub. */
export class HubError extends RtmpError {
  declare readonly code: HubErrorCode;

  constructor(code: HubErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** Every code of {@link HubError} with its fault. */
export const hubErrorFaults: Readonly<Record<HubErrorCode, RtmpFault>> = faults;
