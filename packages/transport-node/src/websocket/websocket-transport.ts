/**
 * RTMP inside the binary messages of a WebSocket.
 *
 * The payloads, one behind the other, are the bytes of RTMP; where one message ends and the next begins means nothing.
 *
 * RFC 6455
 */

import type { Transport, TransportHandlers } from "@rtmp/session";
import { type Cancel, type Clock, systemClock } from "@rtmp/wire";
import type { WebSocket } from "ws";

import { TransportError } from "../errors.ts";
import { causeOfClose, causeOfError, CloseCode } from "./close-cause.ts";
import type { WebSocketLimits } from "./limits.ts";

// Longer writes leave in several messages, so that no sensible limit of the peer is in their way.
const maxMessageBytes = 1 << 20;

// How long a peer that broke the format may take to read why it is closed.
const lastBytesMs = 1_000;

// How long a closing peer is waited for at most; the library cuts it then.
const closingMs = 5_000;

const binary = { binary: true } as const;

/** What either side tells the library. */
export function libraryOptions({ maxWebSocketMessageBytes }: WebSocketLimits): LibraryOptions {
  return {
    // Media does not shrink, and each connection would keep a window of 32 KiB.
    perMessageDeflate: false,
    maxPayload: maxWebSocketMessageBytes,
    skipUTF8Validation: true,
    closeTimeout: closingMs,
  };
}

interface LibraryOptions {
  readonly perMessageDeflate: false;
  readonly maxPayload: number;
  readonly skipUTF8Validation: true;
  /** Not in the types of the library. */
  readonly closeTimeout: number;
}

/**
 * The transport of one open WebSocket of the `ws` library.
 *
 * A write is one message, up to 1 MiB; longer ones are several. WebSocket has no half-close: once the peer has sent its
 * Close frame, what was queued before still leaves, and nothing else. A connection that ends without a Close frame, or
 * with a code that tells of trouble, has a cause. Pings are answered. A closing peer is waited for 5 s at most.
 */
export class WebSocketTransport implements Transport {
  readonly remote: string;
  readonly reusesBuffers = false;
  readonly #webSocket: WebSocket;
  readonly #clock: Clock;
  #handlers: TransportHandlers | undefined;
  // Messages that came in one read with the one that led to a pause.
  readonly #unread: Uint8Array[] = [];
  #isReading = false;
  #isPaused = false;
  // After `close`, and after a fault of the peer, what arrives is dropped.
  #isClosing = false;
  #isClosed = false;
  #isReported = false;
  #isWaitingForDrain = false;
  #cause: Error | undefined;
  #cutAt = Number.POSITIVE_INFINITY;
  #cancelCut: Cancel | undefined;

  /**
   * Takes an open WebSocket over; from now on nobody else may use it.
   *
   * @param remote  the peer, for logs
   * @param clock   measures the waiting times of `close`
   */
  constructor(webSocket: WebSocket, remote: string, clock: Clock = systemClock) {
    this.#webSocket = webSocket;
    this.remote = remote;
    this.#clock = clock;
    webSocket.pause();
    webSocket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.#onMessage(data);
      else this.#refuseText();
    });
    webSocket.on("error", (error) => this.#fail(causeOfError(error)));
    webSocket.once("close", (code, reason) => this.#onSocketClose(code, reason.toString()));
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
    if (!this.#canWrite()) return;

    for (let start = 0; start < bytes.length; start += maxMessageBytes) {
      const piece = bytes.subarray(start, start + maxMessageBytes);
      this.#webSocket.send(piece, binary, this.#onSent);
    }
    this.#isWaitingForDrain ||= this.queuedBytes > 0;
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    if (this.#canWrite()) this.write(Buffer.concat(pieces));
  }

  pause(): void {
    this.#isPaused = true;
    this.#isReading = false;
    if (!this.#isClosing) this.#webSocket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#handlers !== undefined) this.#readOn();
  }

  close(afterFlushMs: number): void {
    this.#isClosing = true;
    this.#unread.length = 0;
    if (this.#isClosed) {
      queueMicrotask(() => this.#report());
    } else if (afterFlushMs > 0) {
      this.#cutAfter(afterFlushMs);
      this.#webSocket.close(CloseCode.Normal);
      // The Close frame of the peer is behind what it has sent.
      this.#webSocket.resume();
    } else {
      // The peer reads the code if nothing is queued in front of it.
      this.#webSocket.close(CloseCode.InternalError);
      this.#webSocket.terminate();
    }
  }

  #canWrite(): boolean {
    return !this.#isClosing && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** The socket may hold as much as fits; nobody has to be told before all of it has left. */
  readonly #onSent = (error?: Error | null): void => {
    if (error != null || !this.#isWaitingForDrain || this.queuedBytes > 0) return;
    this.#isWaitingForDrain = false;
    this.#handlers?.onDrain();
  };

  #onMessage(data: Buffer): void {
    if (this.#isClosing || data.length === 0) return;
    // A plain view: `Buffer` has a `slice` that does not copy.
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (this.#isReading) this.#handlers?.onBytes(bytes);
    else this.#unread.push(bytes);
  }

  #refuseText(): void {
    if (this.#isClosing) return;
    this.#fail(new TransportError("RTMP_ERR_WEBSOCKET_TEXT", "a text message came over WebSocket"));
    this.#webSocket.close(CloseCode.UnsupportedData);
    this.#webSocket.resume();
  }

  #fail(cause: TransportError): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#unread.length = 0;
    this.#cause = cause;
    this.#cutAfter(lastBytesMs);
  }

  /** What waits comes first, and not inside the call that led here. */
  #readOn(): void {
    if (this.#unread.length === 0 && !this.#isClosed) {
      this.#isReading = true;
      this.#webSocket.resume();
      return;
    }
    queueMicrotask(() => {
      if (this.#isPaused || this.#isReading) return;
      this.#isReading = true;
      this.#deliver();
      if (!this.#isReading) return;
      this.#webSocket.resume();
      this.#report();
    });
  }

  /** Stops where the owner pauses again. */
  #deliver(): void {
    while (this.#isReading) {
      const bytes = this.#unread.shift();
      if (bytes === undefined) return;
      this.#handlers?.onBytes(bytes);
    }
  }

  /** Cuts the connection after a time, unless it is to be cut earlier anyway. */
  #cutAfter(milliseconds: number): void {
    const at = this.#clock.now() + milliseconds;
    if (at >= this.#cutAt || this.#isClosed) return;

    this.#cutAt = at;
    this.#cancelCut?.();
    this.#cancelCut = this.#clock.schedule(milliseconds, () => this.#webSocket.terminate());
  }

  #onSocketClose(code: number, reason: string): void {
    this.#isClosed = true;
    this.#cancelCut?.();
    if (!this.#isClosing) this.#cause = causeOfClose(code, reason);
    // What came before a close in order is still for the owner, when it reads on.
    if (this.#cause !== undefined) this.#unread.length = 0;
    this.#report();
  }

  #report(): void {
    if (!this.#isClosed || this.#isReported || this.#unread.length > 0) return;
    if (this.#handlers === undefined) return;
    this.#isReported = true;
    this.#handlers.onClose(this.#cause);
  }
}
