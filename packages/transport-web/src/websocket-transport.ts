/**
 * RTMP inside the binary messages of a standard WebSocket.
 *
 * The payloads, one behind the other, are the bytes of RTMP; where one message ends and the next begins means nothing.
 *
 * RFC 6455; WHATWG WebSockets
 */

import type { Transport, TransportHandlers } from "@rtmp/session";
import { type Cancel, type Clock, systemClock } from "@rtmp/wire";

import { WebSocketError } from "./errors.ts";
import { resolveWebTransportLimits, type WebTransportLimits } from "./limits.ts";
import type { CloseDetails, StandardWebSocket } from "./standard-web-socket.ts";

// Longer writes leave in several messages, so that no sensible limit of the server is in their way.
const maxMessageBytes = 1 << 20;

// How often is looked whether everything has left; no event tells it.
const drainPollMs = 20;

// Codes of RFC 6455 §7.4.1: closed in order, the server goes, a Close frame without a code.
const orderlyCodes: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** Construction of a {@link WebSocketTransport}. */
export interface WebSocketTransportOptions {
  /** The server, for logs: `host:port`. */
  readonly remote: string;
  /** @default those of `defaultWebTransportLimits` */
  readonly limits?: Partial<WebTransportLimits>;
  /** Wakes the transport to look after what is queued, and measures the time of `close`. @default the platform's */
  readonly clock?: Clock;
}

/**
 * The transport of one open WebSocket.
 *
 * A write is one message, up to 1 MiB; longer ones are several. `onDrain` comes up to 20 ms after everything has left,
 * and later in a page that is in the background. Nothing slows the server down while the transport is paused: what comes
 * meanwhile waits, up to `maxUnreadBytes`. What waits when the server closes in order is delivered first.
 */
export class WebSocketTransport implements Transport {
  readonly remote: string;
  readonly reusesBuffers = false;
  readonly #webSocket: StandardWebSocket;
  readonly #clock: Clock;
  readonly #maxUnreadBytes: number;
  #handlers: TransportHandlers | undefined;
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #isReading = false;
  #isPaused = false;
  // Nothing is written any more, and what arrives is dropped.
  #isClosing = false;
  #isClosed = false;
  #isReported = false;
  #cause: Error | undefined;
  #cancelPoll: Cancel | undefined;
  #cutAt = Number.POSITIVE_INFINITY;
  #cancelCut: Cancel | undefined;

  /**
   * Takes an open WebSocket over; from now on nobody else may use it.
   *
   * @throws RangeError when a limit is out of range
   */
  constructor(webSocket: StandardWebSocket, options: WebSocketTransportOptions) {
    const { remote, limits, clock = systemClock } = options;
    this.#maxUnreadBytes = resolveWebTransportLimits(limits).maxUnreadBytes;
    this.#webSocket = webSocket;
    this.remote = remote;
    this.#clock = clock;
    webSocket.binaryType = "arraybuffer";
    webSocket.addEventListener("message", ({ data }) => this.#onMessage(data));
    webSocket.addEventListener("close", (event) => this.#onSocketClose(event));
  }

  get queuedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  start(handlers: TransportHandlers): void {
    if (this.#handlers !== undefined) throw new TypeError("the transport was started before");
    this.#handlers = handlers;
    if (this.#isClosed) queueMicrotask(() => this.#report());
    if (!this.#isPaused) this.#readOn();
  }

  write(bytes: Uint8Array): void {
    if (this.#isClosing || this.#isClosed) return;

    for (let start = 0; start < bytes.length; start += maxMessageBytes) {
      this.#webSocket.send(sendable(bytes.subarray(start, start + maxMessageBytes)));
    }
    this.#awaitDrain();
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const piece of pieces) {
      joined.set(piece, offset);
      offset += piece.length;
    }
    this.write(joined);
  }

  pause(): void {
    this.#isPaused = true;
    this.#isReading = false;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#handlers !== undefined) this.#readOn();
  }

  close(afterFlushMs: number): void {
    this.#dropUnread();
    const isFirst = !this.#isClosing;
    this.#isClosing = true;
    if (isFirst) this.#webSocket.close(1000);
    if (this.#isClosed || !(afterFlushMs > 0)) queueMicrotask(() => this.#finish());
    else this.#cutAfter(afterFlushMs);
  }

  #awaitDrain(): void {
    if (this.#cancelPoll !== undefined || this.queuedBytes === 0) return;
    this.#cancelPoll = this.#clock.schedule(drainPollMs, () => {
      this.#cancelPoll = undefined;
      if (this.queuedBytes > 0) this.#awaitDrain();
      else this.#handlers?.onDrain();
    });
  }

  #onMessage(data: unknown): void {
    if (this.#isClosing || this.#isClosed) return;
    if (!(data instanceof ArrayBuffer)) {
      this.#fail(new WebSocketError("RTMP_ERR_TEXT_MESSAGE", "the server sent a text message"));
    } else if (data.byteLength > 0) {
      this.#take(new Uint8Array(data));
    }
  }

  #take(bytes: Uint8Array): void {
    if (this.#isReading) {
      this.#handlers?.onBytes(bytes);
      return;
    }
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes <= this.#maxUnreadBytes) return;
    const text = `${this.#unreadBytes} bytes wait to be read`;
    this.#fail(new WebSocketError("RTMP_ERR_TOO_MANY_UNREAD_BYTES", text));
  }

  /** Closes because of what the server did; nobody waits for its answer. */
  #fail(cause: WebSocketError): void {
    this.#dropUnread();
    this.#isClosing = true;
    this.#cause = cause;
    this.#webSocket.close(1000);
    this.#finish();
  }

  /** What waits comes first, and not inside the call that led here. */
  #readOn(): void {
    if (this.#unread.length === 0 && !this.#isClosed) {
      this.#isReading = true;
      return;
    }
    queueMicrotask(() => {
      if (this.#isPaused || this.#isReading) return;
      this.#isReading = true;
      this.#deliver();
      if (this.#isReading) this.#report();
    });
  }

  /** Stops where the owner pauses again. */
  #deliver(): void {
    while (this.#isReading) {
      const bytes = this.#unread.shift();
      if (bytes === undefined) return;
      this.#unreadBytes -= bytes.length;
      this.#handlers?.onBytes(bytes);
    }
  }

  #dropUnread(): void {
    this.#unread.length = 0;
    this.#unreadBytes = 0;
  }

  #onSocketClose({ code, reason }: CloseDetails): void {
    if (!this.#isClosing && !orderlyCodes.has(code)) {
      const why = reason === "" ? "" : `: ${reason}`;
      const text = `the WebSocket was closed with ${code}${why}`;
      this.#cause = new WebSocketError("RTMP_ERR_WEBSOCKET_BROKEN", text);
      this.#dropUnread();
    }
    this.#finish();
  }

  /** Reports the end as soon as the owner has read on, whatever the WebSocket still does behind it. */
  #finish(): void {
    this.#isClosed = true;
    this.#cancelCut?.();
    this.#cancelPoll?.();
    this.#report();
  }

  #report(): void {
    if (!this.#isClosed || this.#isReported || this.#unread.length > 0) return;
    if (this.#handlers === undefined) return;
    this.#isReported = true;
    this.#handlers.onClose(this.#cause);
  }

  /** Goes without the answer of the server after a time, unless that is to come earlier anyway. */
  #cutAfter(milliseconds: number): void {
    const at = this.#clock.now() + milliseconds;
    if (at >= this.#cutAt) return;

    this.#cutAt = at;
    this.#cancelCut?.();
    this.#cancelCut = this.#clock.schedule(milliseconds, () => this.#finish());
  }
}

/** Bytes in shared memory cannot be sent; the packages make none. */
function sendable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : bytes.slice();
}
