import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** Nothing that tells the protocol came in time. */
  RTMP_ERR_FIRST_BYTES_TIMEOUT: "limit",
  /** The header of the PROXY protocol cannot be read. */
  RTMP_ERR_PROXY_HEADER: "malformed",
  /** A header of the PROXY protocol came from an address that is not trusted. */
  RTMP_ERR_PROXY_NOT_TRUSTED: "rejected",
  /** TLS broke, or the client refused it, before anything came through it. */
  RTMP_ERR_TLS_HANDSHAKE: "malformed",
  /** The port is for TLS alone, and something else came. */
  RTMP_ERR_TLS_REQUIRED: "rejected",
  /** There are as many connections as may be, in all or from one address. */
  RTMP_ERR_TOO_MANY_CONNECTIONS: "limit",
  /** The connection had not said what it wants, and made room for newer ones. */
  RTMP_ERR_MADE_ROOM: "limit",
  /** A text message came over WebSocket. */
  RTMP_ERR_WEBSOCKET_TEXT: "malformed",
  /** The peer broke the WebSocket protocol. */
  RTMP_ERR_WEBSOCKET_MALFORMED: "malformed",
  /** A WebSocket message is longer than allowed. */
  RTMP_ERR_WEBSOCKET_TOO_LONG: "limit",
  /** A server does not speak RTMP over WebSocket, or not with us. */
  RTMP_ERR_WEBSOCKET_REFUSED: "rejected",
  /** A WebSocket ended without a Close frame, or with a code of trouble. */
  RTMP_ERR_WEBSOCKET_LOST: "closed",
  /** There are as many tunnels as may be, in all or from one address. */
  RTMP_ERR_TOO_MANY_TUNNELS: "limit",
  /** A tunnel had no request, or one of ours no answer, for too long. */
  RTMP_ERR_TUNNEL_TIMEOUT: "limit",
  /** A request of a tunnel is missing. */
  RTMP_ERR_TUNNEL_GAP: "malformed",
  /** More bytes of a peer wait in a tunnel than may. */
  RTMP_ERR_TUNNEL_INPUT: "limit",
  /** More bytes wait in a tunnel until its client fetches them than may. */
  RTMP_ERR_TUNNEL_OUTPUT: "limit",
  /** A server does not answer as one of tunnels does. */
  RTMP_ERR_TUNNEL_REFUSED: "rejected",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** A stable name for one fault in a transport. */
export type TransportErrorCode = keyof typeof faults;

/** A connection that was refused, or a peer that broke what carries RTMP. */
export class TransportError extends RtmpError {
  declare readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** The fault of each code. */
export const transportErrorFaults: Readonly<Record<TransportErrorCode, RtmpFault>> = faults;
