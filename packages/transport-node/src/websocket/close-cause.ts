/**
 * Why a WebSocket ended, as an error; undefined when it ended in order.
 *
 * RFC 6455 §7.4.1
 */

import { TransportError } from "../errors.ts";

/** Close codes that one side sends, or the library reports. */
export const CloseCode = {
  /** Closed in order. */
  Normal: 1000,
  /** The page is left, or the server goes. */
  GoingAway: 1001,
  /** A message of a kind that is not taken. */
  UnsupportedData: 1003,
  /** A Close frame without a code; never sent. */
  None: 1005,
  /** Cut for a reason of our own. */
  InternalError: 1011,
} as const;

const orderly: ReadonlySet<number> = new Set([
  CloseCode.Normal,
  CloseCode.GoingAway,
  CloseCode.None,
]);

/** Turns a close code of the peer into the cause; 1006 is a connection that ended without a Close frame. */
export function causeOfClose(code: number, reason: string): TransportError | undefined {
  if (orderly.has(code)) return undefined;
  const why = reason === "" ? "" : `: ${reason}`;
  const text = `the WebSocket was closed with ${code}${why}`;
  return new TransportError("RTMP_ERR_WEBSOCKET_LOST", text);
}

/** Turns what the library says of the peer's frames into the cause. */
export function causeOfError(error: Error): TransportError {
  const code = "code" in error ? error.code : undefined;
  const isTooLong =
    code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" || code === "WS_ERR_TOO_MANY_BUFFERED_PARTS";
  return new TransportError(
    isTooLong ? "RTMP_ERR_WEBSOCKET_TOO_LONG" : "RTMP_ERR_WEBSOCKET_MALFORMED",
    `not a frame of an RTMP connection: ${error.message}`,
    { cause: error },
  );
}
