/**
 * What the transport needs of a WebSocket: browsers, workers, Deno, Bun and Node.js from 22 on have it, `ws` has it too.
 *
 * WHATWG WebSockets
 */

/** A WebSocket. */
export interface StandardWebSocket {
  /** Is set to `arraybuffer`. */
  binaryType: string;
  /** Bytes that were sent and have not reached the network; falls without an event. */
  readonly bufferedAmount: number;
  /** Sends a binary message; the bytes are copied. */
  send(data: Uint8Array<ArrayBuffer>): void;
  /** Closes once what was sent has left. */
  close(code?: number): void;
  /** Tells that it is open, or in front of `close` that it failed. */
  addEventListener(type: "open" | "error", listener: () => void): void;
  /** Tells each message. */
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Tells that it is closed. */
  addEventListener(type: "close", listener: (event: CloseDetails) => void): void;
}

/** How a WebSocket was closed. */
export interface CloseDetails {
  /** A close code of RFC 6455 §7.4; 1006 when the connection just ended. */
  readonly code: number;
  /** What the server said of it; may be empty. */
  readonly reason: string;
}

/** Makes a WebSocket: the global of that name, or the one of the package `ws`. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => StandardWebSocket;
