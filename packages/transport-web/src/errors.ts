import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** The WebSocket could not be opened; the platform does not say why. */
  RTMP_ERR_WEBSOCKET_NOT_OPENED: "closed",
  /** The WebSocket was not open in time. */
  RTMP_ERR_WEBSOCKET_TIMEOUT: "limit",
  /** The WebSocket ended, and not in order. */
  RTMP_ERR_WEBSOCKET_BROKEN: "closed",
  /** The server sent a text message. */
  RTMP_ERR_TEXT_MESSAGE: "malformed",
  /** More bytes wait for an owner that has paused than may. */
  RTMP_ERR_TOO_MANY_UNREAD_BYTES: "limit",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** A stable name for one fault of a WebSocket. */
export type WebSocketErrorCode = keyof typeof faults;

/** Why a WebSocket did not open, or ended. */
export class WebSocketError extends RtmpError {
  declare readonly code: WebSocketErrorCode;

  constructor(code: WebSocketErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** The fault of each code. */
export const webSocketErrorFaults: Readonly<Record<WebSocketErrorCode, RtmpFault>> = faults;
